"""What a plan says of itself: order, phases, reasons, curve, robustness, what holds it back."""
