"""What a project keeps of its health bus: plans, boards, crews' records and delays."""
