using System.Runtime.InteropServices;
using HybridControl.Ensembles.Machine;
using HybridControl.Numerics;

namespace HybridControl.Gpu.Tests;

/// <summary>Runs a machine one trajectory at a time with the interpreter of expressions: what kernels are compared with.</summary>
internal sealed class PlainMachine
{
    public PlainMachine(TrajectoryMachine machine, ReadOnlySpan<double> samples, Func<int, long, double>? draw = null)
    {
        Registers = [.. machine.Initial];
        Arrays = [.. machine.Arrays.Select(array => Enumerable.Repeat(double.NaN, array.Length).ToArray())];
        for (int i = 0; i < machine.Varied.Length; i++)
        {
            Registers[machine.Varied[i]] = samples[i];
        }

        while (Registers[TrajectoryMachine.ProgramCounter] >= 0.0)
        {
            Run(machine.Programs[(int)Registers[TrajectoryMachine.ProgramCounter]], draw);
        }
    }

    public double[] Registers { get; }

    public double[][] Arrays { get; }

    private void Run(MachineProgram program, Func<int, long, double>? draw)
    {
        var work = new Real64[program.Code.RegisterCount];
        var outputs = new Real64[program.Code.OutputCount];
        foreach (MachineLoad load in program.Loads)
        {
            Registers[load.Target] = draw!(load.Noise, (long)Registers[load.IndexRegister]);
        }

        do
        {
            program.Code.Evaluate(default, [], Registers, work, outputs);
            ReadOnlySpan<double> values = MemoryMarshal.Cast<Real64, double>(outputs);
            foreach (MachineStore store in program.Stores)
            {
                double index = values[store.IndexOutput];
                if (index >= 0.0 && index < Arrays[store.Array].Length)
                {
                    Arrays[store.Array][(int)index] = values[store.ValueOutput];
                }
            }

            for (int i = 0; i < program.Targets.Length; i++)
            {
                Registers[program.Targets[i]] = values[i];
            }
        }
        while (program.Repeats && outputs[^1].Value > 0.0);
    }
}
