using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;
using HybridControl.Gpu.Kernels;

namespace HybridControl.Benchmarks.Gpu;

/// <summary>Rates of ensembles on a device, against what its arithmetic allows.</summary>
/// <remarks>
/// A rate counts the launches of a chunk from the first to the last, with the gathering in between; sampling on the host
/// and the way home are not in it, but in the column "whole ms". Best of some repeats. Beside it stand the vector lanes of all threads of
/// the processor on fewer trajectories of the same plan, whole runs.
/// </remarks>
internal static class GpuSuite
{
    private const int Trajectories = 1 << 22;
    private const int EmulatedTrajectories = 1 << 10;
    private const int LaneTrajectories = 1 << 16;

    /// <summary>Runs the suite; without a device it says why and stops.</summary>
    public static int Run(string[] arguments)
    {
        bool emulated = arguments.Contains("--emulated");
        int size = int.Parse(ValueOf(arguments, "--size") ?? $"{(emulated ? EmulatedTrajectories : Trajectories)}", CultureInfo.InvariantCulture);
        int repeats = int.Parse(ValueOf(arguments, "--repeats") ?? "5", CultureInfo.InvariantCulture);
        string? only = ValueOf(arguments, "--only");
        GpuDevice? device = emulated ? GpuDevice.Emulated() : GpuDevice.TryBest(out GpuDevice? best) ? best : null;
        if (device is null)
        {
            foreach (DeviceRow row in DeviceDiagnosis.Describe().Rows)
            {
                Console.WriteLine($"{row.Kind,-7} {(row.Works ? "ok  " : "FAIL")} {row.Subject}: {row.Detail}. {row.Mend}");
            }

            Console.WriteLine("No device to measure. `-- gpu --emulated` runs the suite on threads, to see that it works; its times mean nothing.");
            return 0;
        }

        using (device)
        {
            double peak = device.DoubleRate;
            Print($"{device.Name}, {device.Kind}, {device.MemoryBytes / (double)(1L << 30):F0} GiB, {peak / 1e12:F2} T double-precision instructions/s at most");
            Print($"{"problem",-14} {"numbers",-8} {"trajectories",12} {"launches",8} {"ms",10} {"Mtraj/s",10} {"steps/traj",10} {"jumps",12} {"Gsteps/s",9} {"of limit",9} {"not ended well",14} {"whole ms",9}");
            foreach (GpuProblem problem in GpuProblem.All.Where(problem => only is null || only.Split(',').Contains(problem.Name)))
            {
                Measure<double>(problem, device, KernelPrecision.Double, size, repeats, peak);
                Measure<float>(problem, device, KernelPrecision.Single, size, repeats, 2.0 * peak);
                if (!arguments.Contains("--device-only"))
                {
                    MeasureLanes(problem, emulated ? EmulatedTrajectories : LaneTrajectories);
                }
            }
        }

        return 0;
    }

    private static string? ValueOf(string[] arguments, string option) =>
        arguments.SkipWhile(argument => argument != option).Skip(1).FirstOrDefault();

    private static void MeasureLanes(GpuProblem problem, int trajectories)
    {
        EnsemblePlan plan = problem.Plan(trajectories);
        var lanes = new CpuEnsembleBackend();
        var blocks = new List<EnsembleBlock>();
        double fastest = double.MaxValue;
        for (int repeat = 0; repeat <= 2; repeat++)
        {
            blocks.Clear();
            long begin = Stopwatch.GetTimestamp();
            lanes.Run(plan, 0, PlanSampler.For(plan).BlockCount, blocks.Add, CancellationToken.None);
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        double steps = Sum(blocks, EnsembleLayout.Steps);
        Print($"{problem.Name,-14} {lanes.Name,-21} {trajectories,12} {fastest * 1e3,10:F2} {trajectories / fastest / 1e6,10:F3} {steps / trajectories,10:F1} {steps / fastest / 1e9,9:F3}");
    }

    private static void Measure<T>(GpuProblem problem, GpuDevice device, KernelPrecision precision, int trajectories, int repeats, double peak)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        EnsemblePlan plan = problem.Plan(trajectories);
        var kernels = new KernelPlan<T>(plan, [MachineCompiler.Compile(plan, 0)], precision);
        int capacity = ChunkSize.Of(device.MemoryBytes, kernels.Total.BytesOf(System.Runtime.CompilerServices.Unsafe.SizeOf<T>()), kernels.Layout.Width, trajectories);
        using var runner = new ChunkRunner<T>(kernels, device, capacity, budget: 4096);
        (TimeSpan fastest, TimeSpan whole) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        EnsembleBlock[] blocks = [];
        for (int repeat = 0; repeat <= repeats; repeat++)
        {
            long begin = Stopwatch.GetTimestamp();
            blocks = runner.Run(0, runner.Memory.Capacity / EnsembleBlock.Capacity, CancellationToken.None);
            runner.Read(blocks);
            TimeSpan spent = Stopwatch.GetElapsedTime(begin);
            if (repeat > 0) // the first compiles
            {
                (fastest, whole) = (runner.Memory.Busy < fastest ? runner.Memory.Busy : fastest, spent < whole ? spent : whole);
            }
        }

        double steps = Sum(blocks, EnsembleLayout.Steps);
        double jumps = Sum(blocks, EnsembleLayout.Jumps);
        long failed = blocks.Sum(block => (long)block.Scalar(EnsembleLayout.Status).ToArray().Count(status => status > (double)TrajectoryStatus.Stopped));
        int count = blocks.Sum(block => block.Count);
        double seconds = fastest.TotalSeconds;
        string limit = problem.Operations == 0 || peak == 0.0 ? "-" : (steps * problem.Operations / seconds / peak).ToString("P1", CultureInfo.InvariantCulture);
        Print($"{problem.Name,-14} {precision,-8} {count,12} {runner.Memory.Launches,8} {seconds * 1e3,10:F2} {count / seconds / 1e6,10:F2} {steps / count,10:F1} {jumps,12:F0} {steps / seconds / 1e9,9:F2} {limit,9} {failed,14} {whole.TotalMilliseconds,9:F0}");
    }

    private static double Sum(IEnumerable<EnsembleBlock> blocks, int column) => blocks.Sum(block => block.Scalar(column).ToArray().Sum());

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
