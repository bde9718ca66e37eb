using System.ComponentModel;
using XrayMlOps.Core.Runs.Search;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Storage.Runs.Search;

namespace XrayMlOps.ControlPlane.Runs;

/// <summary>Which runs. Its members throw <see cref="BadHttpRequestException"/> if the request's values are no good.</summary>
internal readonly record struct RunQuery(
    [property: Description("Such as: accuracy > 85% and (arch = 'model_4' or tag.site = north)")] string? Filter,
    [property: Description("Runs of this experiment only.")] string? Experiment)
{
    public IQueryable<Run> On(IQueryable<Run> runs)
    {
        var experiment = Experiment;
        if (experiment is not null) runs = runs.Where(run => run.Experiment == experiment);
        return RunFilterParser.TryParse(Filter ?? "", out var filter, out var problem) ? runs.Meeting(filter) : throw new BadHttpRequestException(problem!);
    }
}

/// <summary>In which order, and from where on. Its members throw <see cref="BadHttpRequestException"/> if the request's values are no good.</summary>
internal readonly record struct RunOrderQuery(
    [property: Description("A field, such as accuracy; with '-' before it the greatest come first. Runs that lack it are left out. By default -id: the newest first.")]
    string? Sort)
{
    public RunSort Order =>
        Sort is null ? RunSort.NewestFirst : RunSort.TryParse(Sort, out var sort, out var problem) ? sort : throw new BadHttpRequestException(problem!);

    public RunCursor? After(PageRequest page) =>
        page.After is not { } text ? null
        : RunCursor.Parse(text, Order) ?? throw new BadHttpRequestException($"after '{text}': give the 'next' of the page before, with the same sort.");
}
