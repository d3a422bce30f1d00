namespace HybridControl.Ensembles.Machine;

/// <summary>Writes a value into an array of the trajectory; an index outside the array writes nothing.</summary>
/// <param name="Array">Number of the array.</param>
/// <param name="IndexOutput">The output of the program's code that holds the index.</param>
/// <param name="ValueOutput">The output of the program's code that holds the value.</param>
internal readonly record struct MachineStore(int Array, int IndexOutput, int ValueOutput);
