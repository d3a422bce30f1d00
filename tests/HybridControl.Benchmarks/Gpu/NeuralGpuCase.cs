namespace HybridControl.Benchmarks.Gpu;

/// <summary>One operation to be measured.</summary>
/// <param name="Name">What it is, with its sizes.</param>
/// <param name="Bytes">Bytes that it must move.</param>
/// <param name="Operations">Operations of floating point, a multiply-add being two.</param>
/// <param name="Run">Queues it once.</param>
internal sealed record NeuralGpuCase(string Name, double Bytes, double Operations, Action Run);
