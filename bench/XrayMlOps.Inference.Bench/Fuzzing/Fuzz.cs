using System.Collections.Concurrent;
using System.Net;
using XrayMlOps.Inference.Bench.Serving;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Inference.Bench.Fuzzing;

/// <summary>10,000 damaged requests of every kind, eight times over: none may end in a failure of the server, a hang, a crash or a leak.</summary>
internal static class Fuzz
{
    private const int Bodies = 10_000, Times = 8, Parts = 4, AtOnce = 8, Seed = 20;
    private const double MostGrowth = 1.15;

    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, Verdicts verdicts)
    {
        await using var platform = await Platform.StartAsync(models);
        var seeds = FuzzCorpus.All.Select(kind => kind.Seed).ToArray();
        ConcurrentDictionary<string, int> answers = new();
        ConcurrentQueue<(string What, int Number)> failures = new();
        using var rest = Client(platform.Host.Address);
        using var grpc = Client(platform.GrpcAddress);

        async Task SendAsync(int number)
        {
            var kind = FuzzCorpus.All[number % FuzzCorpus.All.Count];
            // Made anew for each, so that the corpus is the same however many are sent at once.
            var body = new Mutation(new Random(Seed + number)).Of(kind.Seed, seeds);
            var answer = await AskAsync(kind.Name == "protobuf" ? grpc : rest, kind.Request(body));
            answers.AddOrUpdate(answer.Text, 1, (_, count) => count + 1);
            if (!answer.IsGood) failures.Enqueue(($"{kind.Name}: {answer.Text}", number));
        }

        // Over and over the same: at first pools fill up to the most that was ever needed at once, in steps; what grows from then on is lost.
        List<double> resident = [];
        for (var time = 0; time < Times; time++)
        {
            for (var part = 0; part < Parts; part++)
            {
                await EachAsync(part * Bodies / Parts, (part + 1) * Bodies / Parts, SendAsync);
                if (!platform.Host.IsRunning) throw new InvalidOperationException($"The host crashed within bodies {part * Bodies / Parts} to {(part + 1) * Bodies / Parts}. {platform.Host.LastWords}");
                resident.Add(ProcessMemory.Of(platform.Host.Id).Resident);
            }
        }

        foreach (var (answer, count) in answers.OrderByDescending(pair => pair.Value)) Console.WriteLine($"  {count,6} {answer}");
        foreach (var alike in failures.GroupBy(failure => failure.What)) Console.WriteLine($"  {alike.Count(),6} {alike.Key} (bodies {string.Join(", ", alike.Select(failure => failure.Number).Order().Take(5))})");
        Console.WriteLine($"  resident after each {Bodies / Parts} bodies: {string.Join(", ", resident.Select(megabytes => $"{megabytes:n0}"))} MB");
        verdicts.None("failures of the server, hangs and crashes", failures.Count);
        verdicts.AtMost("resident memory after the second time, of that after the first", resident[2 * Parts - 1] / resident[Parts - 1], MostGrowth);
        verdicts.AtMost("resident memory in the last quarter of the time, of that in the second", Quarter(3) / Quarter(1), MostGrowth);
        foreach (var kind in FuzzCorpus.All.Where(kind => kind.Name != "feedback"))
        {
            var whole = await AskAsync(kind.Name == "protobuf" ? grpc : rest, kind.Request(kind.Seed));
            if (whole.Text is not ("200" or "200, gRPC 0")) throw new InvalidOperationException($"After all that, a good {kind.Name} is answered {whole.Text}.");
        }

        double Quarter(int number) => Verdicts.Median(resident.Skip(number * resident.Count / 4).Take(resident.Count / 4));
    }

    private static Task EachAsync(int from, int to, Func<int, Task> send) =>
        Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await send(number));

    private static HttpClient Client(Uri server) => new HttpClient { BaseAddress = server, Timeout = s_hang }.WithTestKey();

    private static async Task<(string Text, bool IsGood)> AskAsync(HttpClient client, HttpRequestMessage request)
    {
        using (request)
        {
            try
            {
                using var response = await client.SendAsync(request);
                await response.Content.CopyToAsync(Stream.Null);
                var grpc = response.TrailingHeaders.Concat(response.Headers).FirstOrDefault(header => header.Key == "grpc-status").Value?.First();
                // 2 is what a handler that threw answers, 13 a message that is none.
                return ($"{(int)response.StatusCode}{(grpc is null ? "" : $", gRPC {grpc}")}", response.StatusCode < HttpStatusCode.InternalServerError && grpc != "2");
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
            {
                return ($"{failure.GetType().Name}: {failure.Message}", false);
            }
        }
    }
}
