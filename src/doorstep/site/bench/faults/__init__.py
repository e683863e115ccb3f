"""What becomes of a store when things break: processes killed, power lost, disks full. The rules are those of SQLite's own tests:
break at every point, start again, and compare with what was promised."""
