using CsCheck;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Runs;

/// <summary>
/// Messages of workers that come late, twice, in any order and at the same time, as they do where processes and connections die: whatever comes, a run
/// goes only where its state machine lets it, and only who holds it moves it. A trigger of the database writes down every change of state.
/// </summary>
public abstract class RunStateMachineTests
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(20);

    /// <param name="Kind">What is told to the registry.</param>
    /// <param name="Claim">Which of the claims so far the message is about: the last, or one of long ago.</param>
    /// <param name="Seconds">That pass before it.</param>
    private sealed record Message(MessageKind Kind, int Claim, int Seconds);

    private enum MessageKind
    {
        Claim,
        Beat,
        Succeeded,
        Failed,
        Cancelled,
        Fault,
        ShutDown,
        Cancel,
        Release,
    }

    private static readonly Gen<Message[]> s_messages = Gen.Select(
        Gen.Enum<MessageKind>(), Gen.Int[0, 5], Gen.Int[0, 15], (kind, claim, seconds) => new Message(kind, claim, seconds)).Array[1, 40];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    /// <summary>Writes down the old and the new state of each run that changes it.</summary>
    protected abstract string TriggerSql { get; }

    [Fact]
    public async Task Messages_in_any_order_move_a_run_only_as_its_states_allow_and_only_for_its_holder()
    {
        await using var registry = await CreateRegistryAsync();
        await WatchAsync(registry);
        await s_messages.SampleAsync(async messages =>
        {
            var run = await registry.AddRunAsync();
            Clock clock = new();
            List<string> claims = ["nobody"];
            foreach (var message in messages)
            {
                var before = await registry.RunAsync(run);
                clock.Now += TimeSpan.FromSeconds(message.Seconds);
                var worker = claims[Math.Max(0, claims.Count - 1 - message.Claim)];
                var moved = await TellAsync(registry, run, message.Kind, worker, claims, clock);
                var after = await registry.RunAsync(run);

                Assert.True(before.State == after.State || before.State.CanBecome(after.State), $"{message} moved the run from {before.State} to {after.State}");
                if (before.State.IsEnd()) Assert.Equal((before.State, before.EndedAt, before.Worker, before.Faults), (after.State, after.EndedAt, after.Worker, after.Faults));
                if (IsHoldersWord(message.Kind)) Assert.Equal(before.State == RunState.Running && before.Worker == worker, moved);
                Assert.Equal(after.State == RunState.Running, after.LeaseExpiresAt is not null);
                Assert.Equal(after.State.IsEnd(), after.EndedAt is not null);
            }
        }, iter: 60, threads: 1); // a release is for all runs, by one clock
        await AssertLegalAsync(registry);
    }

    [Fact]
    public async Task Messages_at_the_same_time_move_a_run_only_as_its_states_allow()
    {
        await using var registry = await CreateRegistryAsync();
        await WatchAsync(registry);
        await Gen.Select(s_messages, s_messages, s_messages).SampleAsync(async (first, second, third) =>
        {
            var run = await registry.AddRunAsync();
            Clock clock = new();
            List<string> claims = ["nobody"];
            await Task.WhenAll(((Message[][])[first, second, third]).Select(messages => Task.Run(async () =>
            {
                foreach (var message in messages)
                {
                    string worker;
                    lock (claims) worker = claims[Math.Max(0, claims.Count - 1 - message.Claim)];
                    await TellAsync(registry, run, message.Kind, worker, claims, clock);
                }
            }, Token)));
        }, iter: 10, threads: 1); // the three are enough
        await AssertLegalAsync(registry);
    }

    private static bool IsHoldersWord(MessageKind kind) => kind is MessageKind.Succeeded or MessageKind.Failed or MessageKind.Cancelled or MessageKind.Fault or MessageKind.ShutDown;

    /// <returns>Whether the registry did as it was told.</returns>
    private static async Task<bool> TellAsync(TemporaryRegistry registry, int run, MessageKind kind, string worker, List<string> claims, Clock clock)
    {
        await using var context = registry.Open();
        var now = clock.Now;
        switch (kind)
        {
            case MessageKind.Claim:
                var name = $"worker-{Guid.NewGuid():N}";
                var claimed = await context.TryClaimRunAsync(run, name, now, s_lease, Token);
                lock (claims) claims.Add(name); // also of a claim that was refused: its worker may believe otherwise
                return claimed;
            case MessageKind.Beat:
                return await context.BeatAsync(run, worker, now + s_lease, new TrainerStep(1, 1, 2, 0.5, 10), Token) != Heartbeat.Lost;
            case MessageKind.Succeeded:
                return await context.EndRunAsync(run, worker, RunState.Succeeded, null, now, Token);
            case MessageKind.Failed:
                return await context.EndRunAsync(run, worker, RunState.Failed, "wrong", now, Token);
            case MessageKind.Cancelled:
                return await context.EndRunAsync(run, worker, RunState.Cancelled, "cancelled", now, Token);
            case MessageKind.Fault:
                return await context.RequeueRunAsync(run, worker, "crashed", fault: true, Token);
            case MessageKind.ShutDown:
                return await context.RequeueRunAsync(run, worker, "shut down", fault: false, Token);
            case MessageKind.Cancel:
                return await context.CancelRunAsync(run, now, Token);
            default:
                return await context.ReleaseExpiredRunsAsync(3, now, Token) > 0;
        }
    }

    private async Task WatchAsync(TemporaryRegistry registry)
    {
        await using var context = registry.Open();
        await context.Database.ExecuteSqlRawAsync(TriggerSql, Token);
    }

    private static async Task AssertLegalAsync(TemporaryRegistry registry)
    {
        await using var context = registry.Open();
        var moves = await context.Database.SqlQueryRaw<string>("""SELECT "Before" || '>' || "After" AS "Value" FROM "Moves" """).ToListAsync(Token);
        Assert.NotEmpty(moves);
        Assert.All(moves.Distinct(), move =>
        {
            var states = move.Split('>').Select(Enum.Parse<RunState>).ToArray();
            Assert.True(states[0].CanBecome(states[1]), $"a run went from {states[0]} to {states[1]}");
        });
    }

    private sealed class Clock
    {
        public DateTimeOffset Now { get; set; } = TemporaryRegistry.Start;
    }
}

public sealed class RunStateMachineOnSqliteTests : RunStateMachineTests
{
    protected override string TriggerSql => """
        CREATE TABLE "Moves" ("Before" TEXT NOT NULL, "After" TEXT NOT NULL);
        CREATE TRIGGER "WriteMove" AFTER UPDATE OF "State" ON "Runs" WHEN OLD."State" <> NEW."State"
        BEGIN INSERT INTO "Moves" VALUES (OLD."State", NEW."State"); END;
        """;

    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class RunStateMachineOnPostgresTests(SharedServers servers) : RunStateMachineTests
{
    protected override string TriggerSql => """
        CREATE TABLE "Moves" ("Before" text NOT NULL, "After" text NOT NULL);
        CREATE FUNCTION write_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "Moves" VALUES (OLD."State", NEW."State"); RETURN NEW; END $$;
        CREATE TRIGGER write_move AFTER UPDATE ON "Runs" FOR EACH ROW WHEN (OLD."State" <> NEW."State") EXECUTE FUNCTION write_move();
        """;

    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
