namespace HybridControl.Simulation;

/// <summary>Emitted code of one guard on one number type.</summary>
/// <typeparam name="T">Double, ball or jet.</typeparam>
/// <param name="time">Time.</param>
/// <param name="states">The first state.</param>
/// <param name="data">The first entry of the data block.</param>
internal delegate T GuardKernel<T>(T time, ref T states, ref double data);
