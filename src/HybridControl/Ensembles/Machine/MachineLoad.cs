namespace HybridControl.Ensembles.Machine;

/// <summary>Writes a random draw to a register before a program computes.</summary>
/// <param name="Target">The register that receives the draw.</param>
/// <param name="Noise">Number of the noise in the plan; those of the model's own draws come after them.</param>
/// <param name="IndexRegister">The register that holds the number of the draw (0, 1, 2, ...).</param>
internal readonly record struct MachineLoad(int Target, int Noise, int IndexRegister);
