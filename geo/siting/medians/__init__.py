"""The p-median and the p-centre, with proof."""
