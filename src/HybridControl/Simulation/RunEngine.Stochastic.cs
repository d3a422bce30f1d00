using System.Runtime.InteropServices;
using HybridControl.Dynamics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <content>Stochastic flows: whose noise drives them, and the rates of their paths.</content>
internal sealed partial class RunEngine
{
    private readonly StochasticStepper? _noise;

    private StochasticStepper? StartNoise()
    {
        if (_stepper is not StochasticStepper noise)
        {
            return null;
        }

        double step = ((StochasticSolver)_options.Solver).Step;
        noise.Drive(new WienerPaths(_options.Seed, _options.Trajectory, step), _compiled.Wiener.Streams, _options.StartTime);
        return noise;
    }

    // A guard comes to its surface, and leaves it, along the numerical path: noise is part of its slope.
    private void WriteSlopes(bool left, ref double states, ref double data, ref double slopes)
    {
        if (_noise is null)
        {
            _mode.Mode.Ode.Derivatives(_time, ref states, ref data, ref slopes);
            CompleteSlopes(ref states, ref data, ref slopes);
        }
        else
        {
            _noise.WriteSlopes(_mode.Code, left, ref states, ref data, MemoryMarshal.CreateSpan(ref slopes, _n));
        }
    }
}
