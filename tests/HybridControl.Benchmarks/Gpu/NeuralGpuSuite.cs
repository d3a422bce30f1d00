using System.Diagnostics;
using System.Globalization;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Benchmarks.Gpu;

/// <summary>What the kernels of sequence layers reach of a device: bytes a second for those that memory bounds, operations a second for the others.</summary>
/// <remarks>
/// Bytes are those that the operation must move, each operand once; operations are two for a multiply-add. Each time is the best of
/// five, each over several launches that are queued at once, so that starting them does not count where they are long enough.
/// </remarks>
internal static class NeuralGpuSuite
{
    private const int Repeats = 5;
    private const int Launches = 10;

    /// <summary>Runs the suite; without a device it says why and stops.</summary>
    public static int Run(string[] arguments)
    {
        bool emulated = arguments.Contains("--emulated");
        GpuDevice? device = emulated ? GpuDevice.Emulated() : GpuDevice.TryBest(out GpuDevice? best) ? best : null;
        if (device is null)
        {
            Console.WriteLine(DeviceDiagnosis.Describe().Finding());
            Console.WriteLine("No device to measure. `-- neural-gpu --emulated` runs the suite on threads, to see that it works; its times mean nothing.");
            return 0;
        }

        using (device)
        {
            Print($"{device.Name}, {device.Kind}, {device.MemoryBytes / (double)(1L << 30):F0} GiB, memory {device.MemoryRate / 1e9:F0} GB/s at most (0: not known)");
            Print($"{"operation",-44} {"us",10} {"GB/s",9} {"of limit",9} {"GFLOP/s",10}");
            using ITensorBackend backend = GpuTensorBackend.Create(device);
            var memory = new NeuralGpuOperands(backend, emulated ? 64 : 1);
            string? only = arguments.SkipWhile(argument => argument != "--only").Skip(1).FirstOrDefault();
            foreach (NeuralGpuCase item in memory.Cases().Where(item => only is null || item.Name.StartsWith(only, StringComparison.Ordinal)))
            {
                Measure(backend, item, device.MemoryRate, memory.Probe);
            }

            memory.Dispose();
        }

        return 0;
    }

    private static void Measure(ITensorBackend backend, NeuralGpuCase item, double limit, TensorView probe)
    {
        float[] read = new float[1];
        item.Run(); // compiles
        backend.Download(probe, read);
        double fastest = double.MaxValue;
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int launch = 0; launch < Launches; launch++)
            {
                item.Run();
            }

            backend.Download(probe, read);
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds / Launches);
        }

        string share = limit > 0.0 ? (item.Bytes / fastest / limit).ToString("P0", CultureInfo.InvariantCulture) : "-";
        Print($"{item.Name,-44} {fastest * 1e6,10:F1} {item.Bytes / fastest / 1e9,9:F1} {share,9} {item.Operations / fastest / 1e9,10:F0}");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
