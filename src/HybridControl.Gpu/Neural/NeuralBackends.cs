using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Devices;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tensors;

namespace HybridControl.Gpu.Neural;

/// <summary>Opens the back-end of sequence layers that a user asks for by a word.</summary>
public static class NeuralBackends
{
    private const string Asked = "as asked";

    /// <summary>The words: <c>auto</c> takes a graphics processor if there is one, else vector instructions; <c>scalar</c> is the reference.</summary>
    public static ImmutableArray<string> Kinds { get; } = ["auto", "scalar", "simd", "gpu"];

    /// <summary>Opens a back-end.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="precision">The numbers that it computes with.</param>
    /// <param name="workers">Threads of the processor; zero for all.</param>
    /// <exception cref="ModelException">There is no such kind, or no device for it; the finding says why.</exception>
    public static NeuralBackendChoice Open(string kind, Precision precision = Precision.Single, int workers = 0) => kind switch
    {
        "auto" => Automatic(precision, workers),
        "scalar" => new(kind, precision == Precision.Single ? new ScalarBackend<float>() : new ScalarBackend<double>(), Asked),
        "simd" => OnVectors(precision, workers, Asked),
        "gpu" => OnDevice(precision, Asked),
        _ => throw new ModelException("backend", $"there is no back-end '{kind}'", $"Known: {string.Join(", ", Kinds)}."),
    };

    private static NeuralBackendChoice Automatic(Precision precision, int workers)
    {
        try
        {
            return OnDevice(precision, "a graphics processor is there");
        }
        catch (ModelException)
        {
            return OnVectors(precision, workers, "no graphics processor can be used");
        }
    }

    private static NeuralBackendChoice OnVectors(Precision precision, int workers, string why) =>
        new("simd", precision == Precision.Single ? new SimdBackend<float>(workers) : new SimdBackend<double>(workers), why);

    private static NeuralBackendChoice OnDevice(Precision precision, string why)
    {
        if (!GpuDevice.TryBest(out GpuDevice? device))
        {
            Finding finding = DeviceDiagnosis.Describe().Finding();
            throw new ModelException([finding with { Mend = $"{finding.Mend} Or leave the back-end to 'auto'." }]);
        }

        try
        {
            return new("gpu", GpuTensorBackend.Create(device!, precision), why, device);
        }
        catch (ModelException)
        {
            device!.Dispose();
            throw;
        }
    }
}
