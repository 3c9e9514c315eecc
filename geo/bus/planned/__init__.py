"""What a plan consists of: visits on bus-days, who is served, the layers people see."""
