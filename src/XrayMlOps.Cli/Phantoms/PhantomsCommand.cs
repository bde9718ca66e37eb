using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Cli.Phantoms;

/// <summary><c>xray phantoms</c>: synthetic films, to try everything without a patient. Needs no server.</summary>
internal sealed class PhantomsCommand : Verb
{
    private readonly Argument<string> _folder = new("folder") { Description = "Where to write them; it is made if need be" };
    private readonly Option<int> _films = new("--films")
    {
        Description = "Films of each class, 1 to 100,000",
        HelpName = "N",
        DefaultValueFactory = _ => new PhantomOptions().FilmsPerClass,
    };
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Equal seeds give equal films",
        HelpName = "N",
        DefaultValueFactory = _ => new PhantomOptions().Seed,
    };
    private readonly JsonOption _json = new();

    public PhantomsCommand(Terminal terminal) : base("phantoms", "Write synthetic chest films in the layout that push reads", terminal)
    {
        Add(_folder);
        Add(_films);
        Add(_seed);
        Add(_json);
        _films.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000) result.AddError("--films: 1 to 100,000 are allowed.");
        });
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(arguments.GetRequiredValue(_folder));
        var options = new PhantomOptions { FilmsPerClass = arguments.GetValue(_films), Seed = arguments.GetValue(_seed) };
        var json = arguments.GetValue(_json);
        var films = await PhantomFilms.WriteAsync(folder, options, Terminal.People(json), Terminal.Time, cancellationToken);
        if (json) Terminal.WriteJson(new PhantomsWritten(folder, films.Count, films.DistinctBy(film => film.Patient).Count(), options.Seed));
        else
            Terminal.Output.WriteLine(
                $"{Figures.Count(films.Count, "film")} written to {folder}. Push them: xray dataset push {folder} --name phantoms");
        return ExitCode.Ok;
    }

    private sealed record PhantomsWritten(string Folder, int Films, int Patients, int Seed);
}
