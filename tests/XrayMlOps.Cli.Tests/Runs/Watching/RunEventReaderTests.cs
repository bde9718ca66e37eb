using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs.Watching;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Runs.Watching;

public sealed class RunEventReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connection_that_breaks_is_made_again_and_goes_on_after_the_last_event()
    {
        List<string?> lastIds = [];
        TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ServeAsync(async context =>
        {
            lastIds.Add(context.Request.Headers["Last-Event-ID"]);
            context.Response.ContentType = "text/event-stream";
            var answer = lastIds.Count switch
            {
                1 => "event: run\ndata: {}\n\nevent: epoch\nid: 1\ndata: {}\n\n",
                2 => null,
                3 => "event: run\ndata: {}\n\nevent: heartbeat\ndata: {}\n\n", // ends in good order, as a server does that stops
                _ => "event: epoch\nid: 2\ndata: {}\n\nevent: end\ndata: {}\n\n",
            };
            if (answer is null) context.Response.StatusCode = 502;
            else await context.Response.WriteAsync(answer, Token);
            await context.Response.Body.FlushAsync(Token);
            if (lastIds.Count == 1)
            {
                await heard.Task; // an abort overtakes what was sent
                context.Abort();
            }
        });
        using var client = new RegistryClient(new Uri(server.Urls.Single()));
        var broken = 0;

        List<string> types = [];
        await foreach (var item in new RunEventReader(client, TimeProvider.System, () => broken++).ReadAsync(1, Token))
        {
            types.Add(item.EventType);
            if (item.EventId == "1") heard.SetResult();
        }

        Assert.Equal([RunEvents.Run, RunEvents.Epoch, RunEvents.Run, RunEvents.Epoch, RunEvents.End], types);
        Assert.Equal([null, "1", "1", "1"], lastIds);
        Assert.Equal(2, broken);
    }

    [Fact]
    public async Task Server_that_never_answered_is_not_waited_for()
    {
        using var client = new RegistryClient(new Uri("http://127.0.0.1:1"));
        var failure = await Assert.ThrowsAsync<CommandFailure>(
            async () => await new RunEventReader(client, TimeProvider.System, () => { }).ReadAsync(1, Token).ToListAsync(Token));
        Assert.Equal(ExitCode.Unreachable, failure.Code);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(Token);
        return app;
    }
}
