"""The installation itself: its state, backups, menus, limits, and the staff's own clocks."""
