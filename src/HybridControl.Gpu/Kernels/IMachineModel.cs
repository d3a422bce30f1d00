namespace HybridControl.Gpu.Kernels;

/// <summary>The programs of a trajectory machine as a kernel calls them.</summary>
/// <remarks>Implemented by emitted structs; a kernel is generic over the struct, so that every call is bound when it is compiled.</remarks>
/// <typeparam name="T">The number type: double or float.</typeparam>
public interface IMachineModel<T>
    where T : unmanaged
{
    /// <summary>The number of the program that runs next; negative when the trajectory has ended.</summary>
    int Next(TrajectoryMemory<T> memory);

    /// <summary>Runs one program on a trajectory.</summary>
    /// <param name="program">Number of the program.</param>
    /// <param name="memory">Registers and arrays of the trajectory.</param>
    /// <param name="passes">The most passes of a program that repeats, at least one; it is entered again later if it has not ended.</param>
    /// <returns>The number of passes made.</returns>
    int Execute(int program, TrajectoryMemory<T> memory, int passes);
}
