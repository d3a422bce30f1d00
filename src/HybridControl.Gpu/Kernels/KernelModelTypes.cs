namespace HybridControl.Gpu.Kernels;

/// <summary>The emitted types of one model.</summary>
/// <param name="Model">A struct that implements <see cref="IKernelModel{TState, TData}"/>.</param>
/// <param name="State">A struct with a field X0, X1, ... for each state.</param>
/// <param name="Data">A struct with a field D0, D1, ... for each entry of the data block.</param>
public sealed record KernelModelTypes(Type Model, Type State, Type Data);
