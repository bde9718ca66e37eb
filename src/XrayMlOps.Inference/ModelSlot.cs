using XrayMlOps.Core.Predictions;

namespace XrayMlOps.Inference;

/// <summary>
/// The model being served. It can be swapped at any time: a request works with the model it leased, to its end, and a model that
/// was replaced is disposed of when its last lease is returned.
/// </summary>
public sealed class ModelSlot : IDisposable
{
    private Occupant? _current;
    private volatile bool _isDisposed;

    /// <summary>What is served now; null while there is nothing.</summary>
    public ServedModel? Model => Volatile.Read(ref _current)?.Model;

    /// <summary>Leases the model for one request, which disposes the lease at its end; null while there is none.</summary>
    public ModelLease? Acquire()
    {
        while (Volatile.Read(ref _current) is { } current)
        {
            // It fails if the model was replaced and disposed of since it was read: the next read sees its successor.
            if (current.TryLease()) return new ModelLease(current);
        }
        return null;
    }

    /// <summary>Serves <paramref name="session"/>, which the slot owns from now on; a slot that was disposed of meanwhile ends it. Answers what was served before.</summary>
    public ServedModel? Swap(ServedModel model, ModelSession session)
    {
        var previous = Replace(new Occupant(model, session));
        if (_isDisposed) Replace(null);
        return previous;
    }

    /// <summary>Serves nothing any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Replace(null);
    }

    private ServedModel? Replace(Occupant? next)
    {
        var previous = Interlocked.Exchange(ref _current, next);
        previous?.Return();
        return previous?.Model;
    }

    /// <summary>A model with the number of its users: the slot itself and each lease.</summary>
    internal sealed class Occupant(ServedModel model, ModelSession session)
    {
        private int _users = 1;

        public ServedModel Model => model;

        public ModelSession Session => session;

        public bool TryLease()
        {
            var users = Volatile.Read(ref _users);
            while (users > 0)
            {
                var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
                if (seen == users) return true;
                users = seen;
            }
            return false;
        }

        public void Return()
        {
            if (Interlocked.Decrement(ref _users) == 0) session.Dispose();
        }
    }
}

/// <summary>The right to use a model until this is disposed of.</summary>
public sealed class ModelLease : IDisposable
{
    private ModelSlot.Occupant? _occupant;

    internal ModelLease(ModelSlot.Occupant occupant) => _occupant = occupant;

    public ServedModel Model => Occupant.Model;

    public ModelSession Session => Occupant.Session;

    private ModelSlot.Occupant Occupant => _occupant ?? throw new ObjectDisposedException(nameof(ModelLease));

    public void Dispose() => Interlocked.Exchange(ref _occupant, null)?.Return();
}
