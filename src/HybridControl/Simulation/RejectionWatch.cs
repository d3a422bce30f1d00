using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Gathers rejected steps that lie close together in time, and keeps those gatherings that a smooth flow does not make.</summary>
/// <remarks>
/// The controller of a smooth flow shortens a step by a small factor, once or twice. Where the right-hand side jumps by J, the
/// error of a step across is of the order of h J, so the step falls to the tolerance over J, in cuts of at most a factor of five
/// each; where only a derivative jumps, to its root. Called for steps with rejections only; allocates nothing after it was made.
/// </remarks>
internal sealed class RejectionWatch
{
    private const int Capacity = 16;
    private const int LeastRejections = 4;
    private const double Shortening = 100.0;
    private const double Window = 2.0;

    private Cluster[] _kept = [];
    private int _count;
    private Cluster _open;
    private long _seen;

    /// <summary>The rejections that were taken note of.</summary>
    public long Seen => _seen;

    /// <summary>Takes note of rejections that say nothing.</summary>
    public void Skip(long rejections) => _seen = rejections;

    /// <summary>Takes note of the rejections before the pending step.</summary>
    /// <param name="stepper">The stepper, with the step that was accepted in the end.</param>
    /// <param name="before">Length of the step before, in seconds.</param>
    public void Note(Stepper stepper, double before)
    {
        long rejections = stepper.Rejections - _seen;
        _seen = stepper.Rejections;
        if (_open.Rejections == 0 || stepper.Time > _open.To + (Window * _open.Before))
        {
            Close();
            _open = new() { From = stepper.Time, Before = before, Shortest = double.PositiveInfinity };
        }

        _open.Rejections += rejections;
        _open.To = stepper.EndTime;
        if (stepper.Size < _open.Shortest)
        {
            _open.Shortest = stepper.Size;
            _open.Time = stepper.EndTime;
            if (_open.IsShort)
            {
                _open.State = stepper.WorstState; // looked for only where it may be told
            }
        }
    }

    /// <summary>The gatherings so far.</summary>
    public ImmutableArray<RejectionCluster> ToClusters(ImmutableArray<StateVariable> states)
    {
        if (_count == 0 && !_open.Counts)
        {
            return [];
        }

        var clusters = ImmutableArray.CreateBuilder<RejectionCluster>(_count + 1);
        for (int i = 0; i < _count; i++)
        {
            clusters.Add(_kept[i].ToResult(states));
        }

        if (_open.Counts)
        {
            clusters.Add(_open.ToResult(states));
        }

        return clusters.ToImmutable();
    }

    /// <summary>Exchanges what was gathered with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        MakeRoom();
        archive.ExchangeLength(_kept.Length);
        foreach (ref Cluster cluster in _kept.AsSpan())
        {
            cluster.Exchange(archive);
        }

        archive.Exchange(ref _count);
        _open.Exchange(archive);
        archive.Exchange(ref _seen);
        if (_count is < 0 or > Capacity)
        {
            throw StateArchive.Damage($"{_count} gatherings of rejected steps");
        }
    }

    private void Close()
    {
        if (_open.Counts && _count < Capacity)
        {
            MakeRoom();
            _kept[_count++] = _open;
        }
    }

    // Most runs keep none.
    private void MakeRoom() => _kept = _kept.Length == 0 ? new Cluster[Capacity] : _kept;

    private struct Cluster
    {
        public double Time;
        public double From;
        public double To;
        public double Before;
        public double Shortest;
        public long Rejections;
        public int State;

        public readonly bool IsShort => Shortest * Shortening <= Before;

        public readonly bool Counts => Rejections >= LeastRejections && IsShort;

        public readonly RejectionCluster ToResult(ImmutableArray<StateVariable> states) => new(
            Time, From, To, Rejections, Before, Shortest, (uint)State < (uint)states.Length ? states[State].Name : "");

        public void Exchange(StateArchive archive)
        {
            archive.Exchange(ref Time);
            archive.Exchange(ref From);
            archive.Exchange(ref To);
            archive.Exchange(ref Before);
            archive.Exchange(ref Shortest);
            archive.Exchange(ref Rejections);
            archive.Exchange(ref State);
        }
    }
}
