"""Where workers are likely to be when nobody has counted them: shares, stated openly as estimates."""
