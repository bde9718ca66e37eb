using XrayMlOps.Testing.Servers;

[assembly: AssemblyFixture(typeof(SharedServers))]
