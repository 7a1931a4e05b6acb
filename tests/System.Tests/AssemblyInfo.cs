// One emulator at a time: the tests wait for what guests do, and two cores are all there are.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
