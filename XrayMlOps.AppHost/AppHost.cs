using Aspire.Hosting.Azure;
using XrayMlOps.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var settings = PlatformSettings.Of(builder.Configuration);

builder.AddAzureContainerAppEnvironment("apps").WithGpuProfile(settings.Gpu);

// One identity owns the registry's tables, whichever host made them.
var identity = builder.AddAzureUserAssignedIdentity("platform");
var stores = Stores.Add(builder, settings);

var pseudonymSecret = builder.AddSecret("pseudonym-secret");
var adminKey = builder.AddSecret("admin-key");
var inferenceKey = builder.AddSecret("inference-key");

var migration = builder.AddProject<Projects.XrayMlOps_ControlPlane>("migration")
    .WithArgs("migrate")
    .WithStores(stores, identity)
    .PublishAsAzureContainerAppJob();

var controlPlane = builder.AddProject<Projects.XrayMlOps_ControlPlane>("controlplane")
    .WithHttpEndpoint()
    .WithExternalHttpEndpoints()
    .WithProbes()
    .WithStores(stores, identity)
    .WaitForCompletion(migration)
    .WithEnvironment("ControlPlane__PseudonymSecret", pseudonymSecret)
    .WithEnvironment("Authentication__Keys__admin__Secret", adminKey)
    .WithEnvironment("Authentication__Keys__admin__Role", "admin")
    .WithEnvironment("Authentication__Keys__inference__Secret", inferenceKey)
    .WithEnvironment("Authentication__Keys__inference__Role", "service")
    .DrainedWhenReplaced();

var worker = builder.AddProject<Projects.XrayMlOps_Worker>("worker")
    .WithHttpEndpoint()
    .WithProbes()
    .WithStores(stores, identity)
    .WaitForCompletion(migration)
    .WithWorkers(settings.Workers)
    .TrainOnGpu(settings, stores, identity);

var inference = builder.AddProject<Projects.XrayMlOps_InferenceApi>("inference")
    .WithHttpEndpoint()
    .WithExternalHttpEndpoints()
    .WithProbes()
    .WithReference(controlPlane)
    .WaitFor(controlPlane)
    .WithEnvironment("ControlPlane__Url", controlPlane.GetEndpoint("http"))
    .WithEnvironment("ControlPlane__ApiKey", inferenceKey)
    .WithEnvironment("Inference__Folder", "/tmp/xraymlops-models")
    .DrainedWhenReplaced()
    .ScaleOnRequests(settings.InferenceHosts);

if (builder.ExecutionContext.IsPublishMode)
{
    var insights = builder.AddAzureApplicationInsights("insights");
    foreach (var host in (IResourceBuilder<ProjectResource>[])[migration, controlPlane, worker, inference]) host.WithReference(insights);
}

builder.Build().Run();
