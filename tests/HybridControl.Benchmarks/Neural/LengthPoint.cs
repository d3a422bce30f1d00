namespace HybridControl.Benchmarks.Neural;

/// <summary>What a stack took at one length of its sequence.</summary>
/// <param name="Length">Tokens that it has seen.</param>
/// <param name="Prefill">Seconds to take them in, from the first on.</param>
/// <param name="Decode">Seconds of the next token, the median of several.</param>
/// <param name="StateBytes">Bytes of the state.</param>
/// <param name="WorkspaceBytes">Bytes of the memory on the way.</param>
/// <param name="WorkingSet">Bytes by which the process has grown since the stack was built.</param>
internal sealed record LengthPoint(int Length, double Prefill, double Decode, long StateBytes, long WorkspaceBytes, long WorkingSet);
