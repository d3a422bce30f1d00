namespace HybridControl.Gpu.Devices;

/// <summary>One thing that was looked at while searching for devices.</summary>
/// <param name="Kind">The interface that it belongs to.</param>
/// <param name="Subject">What was looked at, such as a library or a device.</param>
/// <param name="Works">Whether it is as it should be.</param>
/// <param name="Detail">What was found, in words.</param>
/// <param name="Mend">What to do about it; empty if it works.</param>
public sealed record DeviceRow(GpuDeviceKind Kind, string Subject, bool Works, string Detail, string Mend = "");
