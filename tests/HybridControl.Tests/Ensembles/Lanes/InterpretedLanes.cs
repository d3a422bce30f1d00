using System.Runtime.InteropServices;
using HybridControl.Ensembles.Lanes;
using HybridControl.Ensembles.Machine;
using HybridControl.Numerics;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>Lane code that interprets the expressions of a program, lane by lane: the contract of <see cref="LaneFunction"/> in plain words.</summary>
internal static unsafe class InterpretedLanes
{
    public static LaneFunction Compile(TrajectoryMachine machine, int program, int lanes)
    {
        MachineProgram code = machine.Programs[program];
        return (registers, mask, leaveAt) =>
        {
            int looping;
            do
            {
                looping = 0;
                for (int lane = 0; lane < lanes; lane++)
                {
                    if (mask[lane] == 0)
                    {
                        continue;
                    }

                    bool again = RunPass(machine, code, registers + lane, lanes) && code.Repeats;
                    mask[lane] = again || !code.Repeats ? -1L : 0L;
                    looping += again ? 1 : 0;
                }
            }
            while (looping > leaveAt);
            return looping;
        };
    }

    private static bool RunPass(TrajectoryMachine machine, MachineProgram code, double* lane, int lanes)
    {
        double[] data = new double[machine.RegisterCount];
        for (int r = 0; r < data.Length; r++)
        {
            data[r] = lane[r * lanes];
        }

        var values = new double[code.Code.OutputCount];
        code.Code.Evaluate(
            default(Real64), default, data, new Real64[code.Code.RegisterCount], MemoryMarshal.Cast<double, Real64>(values.AsSpan()));
        for (int i = 0; i < code.Targets.Length; i++)
        {
            lane[code.Targets[i] * lanes] = values[i];
        }

        for (int k = 0; k < 2 * code.Stores.Length; k++)
        {
            lane[(machine.RegisterCount + k) * lanes] = values[code.Targets.Length + k];
        }

        return values[^1] > 0.0;
    }
}
