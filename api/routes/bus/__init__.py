"""The health bus: its plan, the board, changes, crews, files and sheets."""
