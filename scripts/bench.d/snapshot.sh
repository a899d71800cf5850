# sizes of a whole suite's snapshot at 60, 80 and 97 % agreement, and what reading it costs
packages_file bookworm "$work/Packages"
benchmark SnapshotBenchmark "$work/Packages"
