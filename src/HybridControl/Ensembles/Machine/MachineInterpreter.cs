using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Ensembles.Machine;

/// <summary>Runs one trajectory of a machine, expression by expression: the oracle of every faster executor.</summary>
internal static class MachineInterpreter
{
    /// <summary>Runs a trajectory to its end.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="samples">One value for each varied quantity.</param>
    /// <param name="noise">The draw of a noise by its number and that of the draw; null for a plan without noise.</param>
    /// <param name="visited">Receives the number of each program as it runs; null to ask for nothing.</param>
    /// <returns>The registers at the end, and the arrays.</returns>
    public static (double[] Registers, double[][] Arrays) Run(
        TrajectoryMachine machine, ReadOnlySpan<double> samples, Func<int, long, double>? noise = null, Action<int>? visited = null)
    {
        double[] registers = [.. machine.Initial];
        for (int i = 0; i < samples.Length; i++)
        {
            registers[machine.Varied[i]] = samples[i];
        }

        double[][] arrays = [.. machine.Arrays.Select(array => Enumerable.Repeat(double.NaN, array.Length).ToArray())];
        var work = new Real64[machine.Programs.Max(program => program.Code.RegisterCount)];
        var outputs = new Real64[machine.Programs.Max(program => program.Code.OutputCount)];
        while (registers[TrajectoryMachine.ProgramCounter] >= 0.0)
        {
            int number = (int)registers[TrajectoryMachine.ProgramCounter];
            visited?.Invoke(number);
            Step(machine.Programs[number], registers, arrays, work, outputs, noise);
        }

        return (registers, arrays);
    }

    private static void Step(
        MachineProgram program, double[] registers, double[][] arrays, Real64[] work, Real64[] outputs, Func<int, long, double>? noise)
    {
        foreach (MachineLoad load in program.Loads)
        {
            registers[load.Target] = noise!(load.Noise, (long)registers[load.IndexRegister]);
        }

        bool again = true;
        while (again)
        {
            program.Code.Evaluate(default, [], registers, work.AsSpan(), outputs.AsSpan());
            ReadOnlySpan<double> values = MemoryMarshal.Cast<Real64, double>(outputs.AsSpan());
            foreach (MachineStore store in program.Stores)
            {
                double[] array = arrays[store.Array];
                double index = values[store.IndexOutput];
                if (index >= 0.0 && index < array.Length)
                {
                    array[(int)index] = values[store.ValueOutput];
                }
            }

            for (int i = 0; i < program.Targets.Length; i++)
            {
                registers[program.Targets[i]] = values[i];
            }

            again = program.Repeats && values[program.Code.OutputCount - 1] > 0.0;
        }
    }
}
