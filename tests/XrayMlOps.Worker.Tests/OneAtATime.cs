using Xunit.Sdk;
using Xunit.v3;

// Hangfire keeps the storage that was configured last for the whole process: a host that starts beside another takes its jobs.
[assembly: Parallelization(Mode = ParallelMode.None)]
