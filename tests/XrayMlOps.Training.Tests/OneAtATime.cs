using Xunit.Sdk;
using Xunit.v3;

// Torch has one random generator and one thread pool a process: tests that seed the one must not run beside each other.
[assembly: Parallelization(Mode = ParallelMode.None)]
