using System.Numerics;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Runs a group of lanes: chooses the program that runs next, and keeps the lanes busy. One for each thread.</summary>
/// <remarks>
/// <para>All lanes of a group want some program. One that is run once goes before a loop, a short loop such as a search before
/// a long one, and the one that most lanes want before the others; a loop is left when enough lanes wait for something else (<see cref="LoopPatience"/>). So lanes that leave a
/// flow at different times gather, are served together and enter the flow together again.</para>
/// <para>A lane whose trajectory has ended takes the next one. If lanes want the loops of different modes, those of the
/// rarer modes change places with trajectories of the prevailing mode that wait in a pool, or wait there for a new trajectory.
/// Only registers are moved, and a program reads and writes its own lane only: what a lane computes does not depend on
/// its neighbours, and a group that is not full runs the same code under a mask.</para>
/// </remarks>
internal sealed unsafe class GroupExecutor : ILaneExecutor
{
    private const int RoundsBetweenChecks = 256;
    private const int RoundsBetweenTries = 16;

    private readonly LaneMachine _machine;
    private readonly GroupPolicy _policy;
    private readonly LaneStatistics? _statistics;
    private readonly LaneRegisters _registers;
    private readonly LanePool? _pool;
    private readonly int _lanes;
    private readonly uint _full;
    private readonly OpenBlock[] _blocks;
    private readonly int[] _indices;
    private readonly int[] _wanted;
    private readonly LoopPatience[] _patience;
    private uint _occupied;
    private int _rounds;
    private int _nextTry;

    /// <summary>An empty group.</summary>
    /// <param name="machine">What it runs; 2 to 16 lanes.</param>
    /// <param name="policy">When loops are left and trajectories moved.</param>
    /// <param name="statistics">Receives counts, at some cost; null for none.</param>
    public GroupExecutor(LaneMachine machine, GroupPolicy policy, LaneStatistics? statistics = null)
    {
        _machine = machine;
        _policy = policy;
        _statistics = statistics;
        _lanes = machine.Lanes;
        _full = (1u << _lanes) - 1u;
        _registers = new LaneRegisters(machine);
        _blocks = new OpenBlock[_lanes];
        _indices = new int[_lanes];
        _wanted = new int[machine.ModeCount + 1];
        _patience = [.. machine.Costs.Select(cost => new LoopPatience(_lanes, cost))];
        if (machine.ModeCount > 1 && policy.Regroups)
        {
            _pool = new LanePool(machine.Machine.RegisterCount, machine.ModeCount, machine.ModeCount * _lanes);
        }
    }

    /// <inheritdoc/>
    public void Run(ITrajectoryFeed feed, CancellationToken cancellation)
    {
        _nextTry = _rounds;
        while (true)
        {
            uint ended = _registers.Ended() & _occupied;
            if (ended != 0)
            {
                Finish(ended, feed);
            }

            if (_occupied != _full)
            {
                Refill(feed);
                if (_occupied == 0)
                {
                    return;
                }
            }

            if (++_rounds % RoundsBetweenChecks == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int program = MostWanted(out uint lanes, out bool isSettled);
            if (isSettled && lanes != _full && _pool is not null)
            {
                if (Regroup(feed))
                {
                    continue;
                }

                program = MostWanted(out lanes, out _);
            }

            Execute(program, lanes, feed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registers.Dispose();
        _pool?.Dispose();
    }

    private void Finish(uint ended, ITrajectoryFeed feed)
    {
        _occupied &= ~ended;
        _nextTry = Math.Min(_nextTry, _rounds);
        for (uint rest = ended; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            OpenBlock open = _blocks[lane];
            _registers.ReadResults(lane, open.Block, _indices[lane]);
            if (--open.Remaining == 0)
            {
                feed.Finished(open);
            }
        }
    }

    // Starts trajectories on the free lanes; if there are none, waits for the feed, or takes over what is in the pool.
    private void Refill(ITrajectoryFeed feed)
    {
        if (_rounds >= _nextTry)
        {
            bool idle = _occupied == 0 && (_pool is null || _pool.Count == 0);
            StartOn(_full & ~_occupied, feed, idle);
        }

        if (_occupied == 0 && _pool is not null && _pool.Count > 0)
        {
            int mode = 0;
            for (int m = 1; m < _machine.ModeCount; m++)
            {
                mode = _pool.CountOf(m) > _pool.CountOf(mode) ? m : mode;
            }

            FillFromPool(mode);
        }
    }

    // Starts trajectories on lanes, as long as there are any; what runs on such a lane moves to the pool.
    private bool StartOn(uint lanes, ITrajectoryFeed feed, bool wait)
    {
        uint started = 0;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            bool isTaken = (_occupied & (1u << lane)) != 0;
            if (isTaken && _pool!.IsFull)
            {
                break;
            }

            if (!feed.TryNext(wait && started == 0, out OpenBlock open, out int index))
            {
                _nextTry = _rounds + RoundsBetweenTries;
                break;
            }

            if (isTaken)
            {
                Park(lane);
            }

            (_blocks[lane], _indices[lane]) = (open, index);
            started |= 1u << lane;
        }

        if (started == 0)
        {
            return false;
        }

        _registers.Initialize(started);
        _occupied |= started;
        for (uint rest = started; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            _registers.WriteSample(lane, _blocks[lane].Block, _indices[lane]);
        }

        return true;
    }

    private void Park(int lane)
    {
        int mode = ModeOf(lane);
        int place = _pool!.Rent();
        _registers.Save(lane, _pool.Row(place));
        _pool[place] = (_blocks[lane], _indices[lane]);
        _pool.Add(mode, place);
        CountMoves(1);
    }

    // Settled: all lanes want loops of one rank, so that there is nothing to be done before they are regrouped.
    private int MostWanted(out uint lanes, out bool isSettled)
    {
        int program = -1;
        int best = -1;
        int lowest = int.MaxValue;
        lanes = 0;
        for (uint rest = _occupied; rest != 0;)
        {
            int candidate = (int)_registers.First[BitOperations.TrailingZeroCount(rest)];
            uint wanting = _registers.Wanting(candidate) & _occupied;
            rest &= ~wanting;
            int rank = !_machine.Repeats[candidate] ? 2 : _patience[candidate].IsShort ? 1 : 0;
            lowest = Math.Min(lowest, rank);
            int score = (rank * (_lanes + 1)) + BitOperations.PopCount(wanting);
            if (score > best)
            {
                (program, best, lanes) = (candidate, score, wanting);
            }
        }

        isSettled = best / (_lanes + 1) == lowest && lowest < 2;
        return program;
    }

    // All lanes want loops. Brings lanes of one mode together; true if there is something else to run before.
    private bool Regroup(ITrajectoryFeed feed)
    {
        int prevailing = PrevailingMode(out uint foreign);
        if (prevailing < 0)
        {
            return false;
        }

        for (; foreign != 0 && _pool!.CountOf(prevailing) > 0; foreign &= foreign - 1)
        {
            int lane = BitOperations.TrailingZeroCount(foreign);
            int mode = ModeOf(lane);
            int place = _pool.Take(prevailing);
            _registers.Exchange(lane, _pool.Row(place));
            ((_blocks[lane], _indices[lane]), _pool[place]) = (_pool[place], (_blocks[lane], _indices[lane]));
            _pool.Add(mode, place);
            CountMoves(2);
        }

        FillFromPool(prevailing);
        return foreign != 0 && _rounds >= _nextTry && StartOn(foreign, feed, wait: false);
    }

    // The mode that could fill most lanes from the group and the pool; of two, the one that most lanes want now.
    private int PrevailingMode(out uint foreign)
    {
        Array.Clear(_wanted);
        for (uint rest = _occupied; rest != 0; rest &= rest - 1)
        {
            _wanted[ModeOf(BitOperations.TrailingZeroCount(rest)) + 1]++;
        }

        int prevailing = -1;
        int best = 0;
        for (int mode = 0; mode < _machine.ModeCount; mode++)
        {
            int here = _wanted[mode + 1];
            int score = (Math.Min(_lanes, here + _pool!.CountOf(mode)) * (_lanes + 1)) + here;
            if (score > best)
            {
                (prevailing, best) = (mode, score);
            }
        }

        foreign = 0;
        for (uint rest = _occupied; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            int mode = ModeOf(lane);
            foreign |= mode >= 0 && mode != prevailing ? 1u << lane : 0u;
        }

        return prevailing;
    }

    private int ModeOf(int lane) => _machine.Modes[(int)_registers.First[lane]];

    private void FillFromPool(int mode)
    {
        for (uint free = _full & ~_occupied; free != 0 && _pool!.CountOf(mode) > 0; free &= free - 1)
        {
            int lane = BitOperations.TrailingZeroCount(free);
            int place = _pool.Take(mode);
            _registers.Restore(lane, _pool.Row(place));
            (_blocks[lane], _indices[lane]) = _pool[place];
            _pool.Return(place);
            _occupied |= 1u << lane;
            CountMoves(1);
        }
    }

    private void Execute(int program, uint lanes, ITrajectoryFeed feed)
    {
        if (_machine.Loads[program].Length > 0)
        {
            for (uint rest = lanes; rest != 0; rest &= rest - 1)
            {
                int lane = BitOperations.TrailingZeroCount(rest);
                _registers.Load(program, lane, feed, _blocks[lane].Block.First + _indices[lane]);
            }
        }

        _registers.SetMask(lanes);
        if (_machine.Repeats[program])
        {
            Loop(program, lanes);
        }
        else
        {
            _machine[program](_registers.First, _registers.Mask, 0);
            _statistics?.Count(program, BitOperations.PopCount(lanes));
        }

        if (_machine.Stores[program].Length > 0)
        {
            for (uint rest = lanes; rest != 0; rest &= rest - 1)
            {
                int lane = BitOperations.TrailingZeroCount(rest);
                _registers.Store(program, lane, _blocks[lane].Block, _indices[lane]);
            }
        }
    }

    private void Loop(int program, uint lanes)
    {
        LoopPatience patience = _patience[program];
        int entered = BitOperations.PopCount(lanes);
        int waiting = _policy.Waiting is { } fraction ? (int)(fraction * entered) : patience.Waiting;
        int leaveAt = Math.Max(0, entered - Math.Max(1, waiting));
        bool samples = patience.Samples();
        if (!samples && _statistics is null)
        {
            _machine[program](_registers.First, _registers.Mask, leaveAt);
            return;
        }

        // One pass at a time: a loop may be left and entered again after any of them.
        long passes = 0;
        int looping = entered;
        do
        {
            passes += looping;
            _statistics?.Count(program, looping);
            looping = _machine[program](_registers.First, _registers.Mask, _lanes);
        }
        while (looping > leaveAt);
        if (samples)
        {
            patience.Note(passes, entered - looping);
        }
    }

    private void CountMoves(int moves)
    {
        if (_statistics is not null)
        {
            _statistics.Moves += moves;
        }
    }
}
