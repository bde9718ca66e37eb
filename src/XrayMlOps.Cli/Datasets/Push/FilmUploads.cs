using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>
/// Brings films into the registry: hashes them on all cores, asks which are missing, and uploads those, all at the same time. What goes from one
/// to the next is bounded, and no film but DICOM is held whole.
/// </summary>
/// <param name="verify">See <see cref="MissingFilmsRequest.Verify"/>.</param>
internal sealed class FilmUploads(RegistryClient client, Patience patience, bool verify)
{
    /// <summary>The first question is short, to let the uploads begin; the others grow up to what the server takes.</summary>
    private const int FilmsOfFirstQuestion = 500;
    private const int MostPerQuestion = 5_000;
    private const int ParallelUploads = 8;

    private readonly List<HashedFilm> _hashed = [];
    private readonly ConcurrentBag<RejectedFilm> _unreadable = [];
    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private int _uploaded;
    private long _done;
    private long _doneBytes;

    /// <summary>Films that were sent because the registry lacked them.</summary>
    public int Uploaded => _uploaded;

    /// <summary>The films that the registry has now.</summary>
    public IEnumerable<HashedFilm> Films => _hashed.Where(film => !_refused.ContainsKey(film.Digest));

    /// <summary>Files that could not be read, and those that the server refused; the reason holds for every file with the same bytes.</summary>
    public IEnumerable<RejectedFilm> Rejected => _unreadable.Concat(
        _hashed.Where(film => _refused.ContainsKey(film.Digest)).Select(film => new RejectedFilm(film.Film.File, _refused[film.Digest])));

    /// <param name="report">Told how many films are done, and their bytes.</param>
    public Task RunAsync(IReadOnlyList<LabelledFilm> films, Action<long, long> report, CancellationToken cancellationToken) =>
        UploadAsync(MissingAsync(HashAsync(films, cancellationToken), report, cancellationToken), report, cancellationToken);

    /// <summary>Uploads films that turned out to be missing after all.</summary>
    public Task UploadAsync(IReadOnlyList<string> digests, CancellationToken cancellationToken)
    {
        var missing = digests.ToHashSet(StringComparer.Ordinal);
        var films = _hashed.Where(film => missing.Contains(film.Digest)).DistinctBy(film => film.Digest).ToArray();
        return UploadAsync(films.ToAsyncEnumerable(), (_, _) => { }, cancellationToken);
    }

    private async IAsyncEnumerable<HashedFilm> HashAsync(IReadOnlyList<LabelledFilm> films, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hashed = Channel.CreateBounded<HashedFilm>(new BoundedChannelOptions(MostPerQuestion) { SingleReader = true });
        var work = Task.Run(async () =>
        {
            try
            {
                await Parallel.ForEachAsync(films, stop.Token, async (film, cancellation) =>
                {
                    var (read, problem) = HashedFilm.Read(film);
                    if (read is not null) await hashed.Writer.WriteAsync(read, cancellation);
                    else _unreadable.Add(new RejectedFilm(film.File, problem!));
                });
                hashed.Writer.Complete();
            }
            catch (Exception problem)
            {
                hashed.Writer.Complete(problem);
            }
        }, CancellationToken.None);
        try
        {
            await foreach (var film in hashed.Reader.ReadAllAsync(cancellationToken)) yield return film;
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    private async IAsyncEnumerable<HashedFilm> MissingAsync(
        IAsyncEnumerable<HashedFilm> films, Action<long, long> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dictionary<string, HashedFilm> asked = new(StringComparer.Ordinal);
        HashSet<string> known = new(StringComparer.Ordinal);
        var enough = FilmsOfFirstQuestion;
        await foreach (var film in films.WithCancellation(cancellationToken))
        {
            _hashed.Add(film);
            if (known.Add(film.Digest)) asked.Add(film.Digest, film);
            else Done(film, report);
            if (asked.Count < enough) continue;
            enough = Math.Min(4 * enough, MostPerQuestion);
            foreach (var missing in await AskAsync()) yield return missing;
        }
        foreach (var missing in await AskAsync()) yield return missing;

        async Task<HashedFilm[]> AskAsync()
        {
            if (asked.Count == 0) return [];
            var request = new MissingFilmsRequest([.. asked.Keys], verify);
            var digests = await patience.RideOutAsync(() => client.MissingFilmsAsync(request, cancellationToken), cancellationToken);
            HashedFilm[] missing = [.. digests.Select(digest => asked[digest])];
            foreach (var digest in digests) asked.Remove(digest);
            foreach (var film in asked.Values) Done(film, report);
            asked.Clear();
            return missing;
        }
    }

    private Task UploadAsync(IAsyncEnumerable<HashedFilm> films, Action<long, long> report, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelUploads, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(films, parallel, async (film, cancellation) =>
        {
            if (await RefusalAsync(film, cancellation) is { } reason) _refused[film.Digest] = reason;
            else Interlocked.Increment(ref _uploaded);
            Done(film, report);
        });
    }

    private Task<string?> RefusalAsync(HashedFilm film, CancellationToken cancellationToken) => patience.RideOutAsync<string?>(async () =>
    {
        try
        {
            await using var content = film.Open();
            await client.PutFilmAsync(film.Digest, content, cancellationToken);
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {problem.Message}";
        }
        catch (ServerProblem problem) when (problem.ExitCode == ExitCode.BadInput)
        {
            return problem.Message;
        }
    }, cancellationToken);

    private void Done(HashedFilm film, Action<long, long> report) =>
        report(Interlocked.Increment(ref _done), Interlocked.Add(ref _doneBytes, film.Bytes));
}
