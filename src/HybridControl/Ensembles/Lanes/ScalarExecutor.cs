namespace HybridControl.Ensembles.Lanes;

/// <summary>Runs one trajectory after the other. One for each thread.</summary>
internal sealed unsafe class ScalarExecutor : ILaneExecutor
{
    private const int RoundsBetweenChecks = 256;

    private readonly LaneMachine _machine;
    private readonly LaneRegisters _registers;

    public ScalarExecutor(LaneMachine machine)
    {
        _machine = machine;
        _registers = new LaneRegisters(machine);
    }

    /// <inheritdoc/>
    public void Run(ITrajectoryFeed feed, CancellationToken cancellation)
    {
        double* counter = _registers.First;
        int rounds = 0;
        while (feed.TryNext(wait: true, out OpenBlock open, out int index))
        {
            _registers.Initialize(1u);
            _registers.WriteSample(0, open.Block, index);
            while (*counter >= 0.0)
            {
                int program = (int)*counter;
                if (_machine.Loads[program].Length > 0)
                {
                    _registers.Load(program, 0, feed, open.Block.First + index);
                }

                *_registers.Mask = -1L;
                _machine[program](counter, _registers.Mask, 0);
                if (_machine.Stores[program].Length > 0)
                {
                    _registers.Store(program, 0, open.Block, index);
                }

                if (++rounds % RoundsBetweenChecks == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }
            }

            _registers.ReadResults(0, open.Block, index);
            if (--open.Remaining == 0)
            {
                feed.Finished(open);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registers.Dispose();
}
