using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Kernels;

namespace HybridControl.Gpu.Ensembles;

/// <summary>What keeps a device from running a plan that a register machine can run.</summary>
internal static class KernelCheck
{
    private const int MostRegisters = 8192;
    private const int MostOperations = 200_000;

    // Beyond it a float does not change when one is added: a count of steps would never reach its limit.
    private const long MostSinglesCounted = 1L << 24;

    /// <summary>Checks a plan.</summary>
    public static ImmutableArray<Finding> Run(
        EnsemblePlan plan, GpuDevice device, KernelPrecision precision, Func<EnsemblePlan, int, TrajectoryMachine> compile)
    {
        var findings = new FindingList();
        if (precision == KernelPrecision.Double && !device.HasDouble)
        {
            findings.Error(device.Name, "the device has no 64-bit numbers", "Ask for single precision, or run on the CPU.");
        }

        if (precision == KernelPrecision.Single && plan.MaxSteps > MostSinglesCounted)
        {
            findings.Error(
                "maxSteps",
                string.Create(CultureInfo.InvariantCulture, $"{plan.MaxSteps} steps, but single precision counts to {MostSinglesCounted}"),
                "Allow fewer steps, or ask for double precision.");
        }

        TrajectoryMachine machine;
        try
        {
            machine = compile(plan, 0);
        }
        catch (ModelException error)
        {
            return [.. findings.ToImmutable(), .. error.Findings];
        }

        string model = plan.Model.Name;
        if (precision == KernelPrecision.Single && new MachineRows(machine, KernelPlan<double>.DrawsOf(plan)).HasKey)
        {
            findings.Error(model, "the model draws random numbers, whose keys do not fit into single precision", "Ask for double precision.");
        }

        foreach (MachineProgram program in machine.Programs)
        {
            if (MachineKernelEmitter.Unsupported(program) is { } op)
            {
                findings.Error(
                    model, $"'{program.Name}' uses {op}, which kernels do not have", "Run on the CPU, or write the model without it.");
                break;
            }
        }

        CheckSize(plan, machine, model, device, precision, findings);
        return findings.ToImmutable();
    }

    private static void CheckSize(
        EnsemblePlan plan, TrajectoryMachine machine, string model, GpuDevice device, KernelPrecision precision, FindingList findings)
    {
        ImmutableArray<int> draws = KernelPlan<double>.DrawsOf(plan);
        if (draws.Sum(count => (long)count) + machine.Arrays.Sum(array => (long)array.Length) > int.MaxValue / 4)
        {
            findings.Error(model, "a trajectory has too many random draws or samples", "Lengthen the period of the noise, or record at fewer times.");
            return;
        }

        var rows = new MachineRows(machine, draws);
        long operations = machine.Programs.Sum(program => (long)program.Code.RegisterCount);
        if (rows.RegisterRows > MostRegisters || operations > MostOperations)
        {
            findings.Error(
                model,
                string.Create(CultureInfo.InvariantCulture, $"the kernel would have {rows.RegisterRows} registers and {operations} operations (at most {MostRegisters} and {MostOperations})"),
                "Run on the CPU.");
        }

        long bytes = KernelPlan<double>.TotalOf(plan, [rows]).BytesOf(precision == KernelPrecision.Double ? sizeof(double) : sizeof(float));
        if (bytes * EnsembleBlock.Capacity > device.MemoryBytes)
        {
            findings.Error(
                device.Name,
                string.Create(CultureInfo.InvariantCulture, $"{EnsembleBlock.Capacity} trajectories of {bytes} bytes do not fit into its {device.MemoryBytes} bytes"),
                "Record fewer grid times or events, or run on the CPU.");
        }
    }
}
