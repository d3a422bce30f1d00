using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Gpu.Devices;

/// <summary>What was found while searching for devices, and why one was not.</summary>
/// <remarks>
/// Asks the drivers themselves, in the order in which a device comes into use: the library, its start, its devices, and
/// what kernels need of a device. Immutable.
/// </remarks>
public sealed class DeviceDiagnosis
{
    private DeviceDiagnosis(ImmutableArray<DeviceRow> rows) => Rows = rows;

    /// <summary>Everything that was looked at, in order.</summary>
    public ImmutableArray<DeviceRow> Rows { get; }

    /// <summary>Looks at the drivers of this machine.</summary>
    public static DeviceDiagnosis Describe()
    {
        NativeLibraries.Prepare();
        return new([.. CudaProbe.Rows(), .. OpenCLProbe.Rows()]);
    }

    /// <summary>That no device can be used, with the first reason of each interface.</summary>
    public Finding Finding()
    {
        IEnumerable<string> reasons = Rows.Where(row => !row.Works).GroupBy(row => row.Kind)
            .Select(group => $"{group.Key}: {group.First().Subject}: {group.First().Detail}");
        return new(
            "gpu",
            $"no device can be used ({string.Join("; ", reasons.DefaultIfEmpty("only processors offer themselves"))})",
            "Run on the CPU, or mend the driver; `hybrid devices` shows every step.");
    }
}
