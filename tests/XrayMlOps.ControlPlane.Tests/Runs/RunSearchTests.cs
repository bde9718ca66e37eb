using System.Net;
using CsCheck;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Runs.Search;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Runs;

public sealed class RunSearchTests(SharedServers servers)
{
    private const int Runs = 120;

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Search_finds_the_runs_that_meet_the_filter_and_no_others(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var runs = await SearchedRuns.AddAsync(host, Runs);

        await Filters(runs).SampleAsync(
            async filter =>
            {
                var expected = runs.Where(run => run.Meets(filter)).Select(run => run.Id).Reverse().ToArray();
                var query = Uri.EscapeDataString(filter.ToString());
                var found = (await host.GetAsync<Page<RunSummary>>($"/api/runs?limit=200&filter={query}")).Items.Select(run => run.Id).ToArray();
                Assert.True(expected.SequenceEqual(found), $"{filter} finds {string.Join(' ', found)}, not {string.Join(' ', expected)}");
                Assert.Equal(expected.Length, (await host.GetAsync<RunCount>($"/api/runs/count?filter={query}")).Runs);
            },
            iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Pages_of_every_order_hold_each_run_that_has_the_figure_once(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var runs = await SearchedRuns.AddAsync(host, Runs);

        foreach (var field in RunField.All.Where(field => field.IsOrdered))
        {
            var ascending = runs.Where(run => run.Figure(field) is not null).OrderBy(run => run.Figure(field)).ThenBy(run => run.Id).Select(run => run.Id).ToArray();
            Assert.Equal(ascending, await PagesAsync(host, field.Name));
            Assert.Equal(ascending.Reverse(), await PagesAsync(host, $"-{field.Name}"));
        }
    }

    [Fact]
    public async Task Experiment_sort_and_filter_work_together_and_experiments_are_summed_up()
    {
        await using var host = await RegistryHost.StartAsync();
        var runs = await SearchedRuns.AddAsync(host, Runs);

        var page = await host.GetAsync<Page<RunSummary>>("/api/runs?experiment=lungs&filter=accuracy>0.6&sort=-accuracy&limit=200");
        var experiments = await host.GetAsync<Page<ExperimentSummary>>("/api/experiments");

        Assert.NotEmpty(page.Items);
        Assert.Equal(runs.Count(run => run.Experiment == "lungs" && run.ValidationAccuracy > 0.6), page.Items.Count);
        Assert.Equal(page.Items.OrderByDescending(run => run.ValidationAccuracy).Select(run => run.ValidationAccuracy), page.Items.Select(run => run.ValidationAccuracy));
        Assert.Equal(
            runs.GroupBy(run => run.Experiment).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new ExperimentSummary(
                group.Key, group.Count(), group.Count(run => run.State == RunState.Running), group.Max(run => run.ValidationAccuracy), group.Max(run => run.CreatedAt))),
            experiments.Items);
        var second = await host.GetAsync<Page<ExperimentSummary>>("/api/experiments?limit=1&after=default");
        Assert.Equal(("lungs", null), (second.Items.Single().Name, second.Next));
    }

    [Theory]
    [InlineData("filter=acuracy>1", "character 1: found 'acuracy'")]
    [InlineData("sort=arch", "sort 'arch': give one of id")]
    [InlineData("sort=-accuracy&after=12", "after '12': give the 'next' of the page before, with the same sort")]
    [InlineData("after=x:1", "after 'x:1'")]
    [InlineData("sort=ended&after=9999999999999999999:1", "after '9")]
    public async Task Query_that_makes_no_sense_is_told_what_is_wrong(string query, string problem)
    {
        await using var host = await RegistryHost.StartAsync();
        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.BadRequest, host.Http.GetAsync($"/api/runs?{query}", RegistryHost.Token));
        Assert.Contains(problem, detail, StringComparison.Ordinal);
    }

    private static async Task<List<int>> PagesAsync(RegistryHost host, string sort)
    {
        List<int> seen = [];
        string? after = null;
        do
        {
            var page = await host.GetAsync<Page<RunSummary>>($"/api/runs?limit=17&sort={sort}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            seen.AddRange(page.Items.Select(run => run.Id));
            after = page.Next;
        }
        while (after is not null);
        return seen;
    }

    /// <summary>Filters whose values occur in <paramref name="runs"/>, so that they find some and leave some out.</summary>
    private static Gen<RunFilter> Filters(List<Run> runs)
    {
        var comparison = Gen.Select(
            Gen.OneOf((RunField[])[.. RunField.All, RunField.Find("tag.site")!, RunField.Find("tag.note")!]), Gen.OneOf((Run[])[.. runs]), Gen.Int[0, 5], Gen.Int[0, 5],
            (field, run, kind, text) => (RunFilter)new RunComparison(field, field.Operators[kind % field.Operators.Count], field.Kind switch
            {
                RunFieldKind.Number => new NumberValue(Convert.ToDouble(run.Figure(field) ?? 0.7)),
                RunFieldKind.Whole => new WholeValue(Convert.ToInt32(run.Figure(field) ?? 2)),
                RunFieldKind.Time => new TimeValue((DateTimeOffset)(run.Figure(field) ?? SearchedRuns.Start)),
                RunFieldKind.State => new StateValue(run.State),
                _ => new TextValue(TextsOf(field)[text]),
            }));
        return Gen.Recursive<RunFilter>((depth, inner) => depth > 3 ? comparison : Gen.OneOf(
            comparison,
            inner.Select(filter => (RunFilter)new NotFilter(filter)),
            Gen.Select(inner, inner, (left, right) => (RunFilter)new BothFilters(left, right)),
            Gen.Select(inner, inner, (left, right) => (RunFilter)new EitherFilter(left, right))));
    }

    private static string[] TextsOf(RunField field) => field.Name switch
    {
        "arch" => ["model_4", "tiny", "odel", "TINY", "%", ""],
        "dataset" => ["chest", "ward", "chest@1", "ward@1", "a", "_"],
        "experiment" => ["lungs", "default", "un", "l", "Lungs", "\\"],
        "model" => ["m", "m:1", "m:2", "n", "", "m:x"],
        "schedule" => ["nightly", "night", "N", "", "%", "ly"],
        "worker" => ["worker-0", "worker-1", "-", "_", "Worker-0", "er-2"],
        "tag.site" => ["north's", "south", "o", "th", "'", "North's"],
        _ => ["100 % % _x", "%", "_", "100", "\\", "X"],
    };
}
