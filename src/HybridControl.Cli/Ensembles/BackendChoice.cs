using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Lanes;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>What an ensemble runs on, and why.</summary>
/// <param name="Kind">One of <see cref="Kinds"/> without auto.</param>
/// <param name="Backend">The back-end.</param>
/// <param name="Why">Why this one, as a sentence without a full stop.</param>
/// <param name="Device">The device, if it needs one.</param>
internal sealed record BackendChoice(string Kind, IEnsembleBackend Backend, string Why, IDisposable? Device = null) : IDisposable
{
    private const string Asked = "as asked";

    /// <summary>The words of <c>--on</c>.</summary>
    public static readonly string[] Kinds = ["auto", "cpu", "gpu", "simulator"];

    /// <summary>Chooses.</summary>
    /// <param name="kind">What was asked for.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="threads">Threads of the processor; zero for all.</param>
    /// <exception cref="ModelException">What was asked for cannot run the plan; all findings.</exception>
    public static BackendChoice Choose(string kind, EnsemblePlan plan, int threads) => kind switch
    {
        "gpu" => OnGpu(Asked).Checked(plan, "Or leave --on out: the CPU runs the same plan."),
        "cpu" => OnLanes(threads, Asked).Checked(plan, "Or use --on simulator: slower, it runs every model."),
        "simulator" => OnSimulator(threads, Asked).Checked(plan, ""),
        _ => Automatic(plan, threads),
    };

    public void Dispose() => Device?.Dispose();

    private static BackendChoice Automatic(EnsemblePlan plan, int threads)
    {
        string noGpu;
        BackendChoice gpu = OnGpu("a device is there and can run the plan");
        if (gpu.Device is null)
        {
            noGpu = "no GPU, see hybrid devices";
        }
        else if (gpu.Obstacle(plan) is { } reason)
        {
            gpu.Dispose();
            noGpu = $"not the GPU: {Short(reason)}";
        }
        else
        {
            return gpu;
        }

        BackendChoice lanes = OnLanes(threads, noGpu);
        return lanes.Obstacle(plan) is { } obstacle
            ? OnSimulator(threads, $"{noGpu}; not lanes: {Short(obstacle)}").Checked(plan, "")
            : lanes;
    }

    private static BackendChoice OnGpu(string why)
    {
        GpuDevice.TryBest(out GpuDevice? device);
        return new("gpu", new GpuEnsembleBackend(device), why, device);
    }

    private static BackendChoice OnLanes(int threads, string why) => new("cpu", new CpuEnsembleBackend(threads), why);

    private static BackendChoice OnSimulator(int threads, string why) => new("simulator", new SimulatorEnsembleBackend(threads), why);

    private static string Short(Finding finding) => $"{finding.Where}: {finding.What}";

    private Finding? Obstacle(EnsemblePlan plan) => Backend.Check(plan).FirstOrDefault(finding => finding.Severity == Severity.Error);

    private BackendChoice Checked(EnsemblePlan plan, string otherwise)
    {
        ImmutableArray<Finding> findings = Backend.Check(plan);
        if (!findings.Any(finding => finding.Severity == Severity.Error))
        {
            return this;
        }

        Dispose();
        throw new ModelException([.. findings.Select(finding => finding with { Mend = $"{finding.Mend} {otherwise}".Trim() })]);
    }
}
