using ILGPU;

namespace HybridControl.Gpu.Kernels;

/// <summary>The registers and arrays of one trajectory in device memory.</summary>
/// <remarks>
/// All tables lie by row, then trajectory, so that neighbouring threads touch neighbouring numbers. Nothing here checks
/// a bound: row numbers are made by the emitter, indices that a program computes are clipped by
/// <see cref="KernelMath.Index(double, int)"/> first.
/// </remarks>
/// <typeparam name="T">The number type: double or float.</typeparam>
public readonly struct TrajectoryMemory<T>
    where T : unmanaged
{
    private readonly ArrayView<T> _registers;
    private readonly ArrayView<T> _arrays;
    private readonly ArrayView<T> _draws;
    private readonly long _stride;
    private readonly long _slot;

    /// <summary>Creates the view of one trajectory.</summary>
    /// <param name="registers">Rows of registers.</param>
    /// <param name="arrays">Rows of array entries.</param>
    /// <param name="draws">Rows of random draws.</param>
    /// <param name="stride">Trajectories in a row.</param>
    /// <param name="slot">Place of the trajectory in a row.</param>
    public TrajectoryMemory(ArrayView<T> registers, ArrayView<T> arrays, ArrayView<T> draws, long stride, long slot)
    {
        _registers = registers;
        _arrays = arrays;
        _draws = draws;
        _stride = stride;
        _slot = slot;
    }

    /// <summary>The number in a register.</summary>
    public T Load(int row) => _registers[(row * _stride) + _slot];

    /// <summary>Writes a register.</summary>
    public void Store(int row, T value) => _registers[(row * _stride) + _slot] = value;

    /// <summary>The draw in row <paramref name="first"/> + <paramref name="index"/>; <paramref name="missing"/> if the index is negative.</summary>
    public T Draw(int first, int index, T missing) =>
        index >= 0 ? _draws[((first + index) * _stride) + _slot] : missing;

    /// <summary>Writes the entry in row <paramref name="first"/> + <paramref name="index"/>; nothing if the index is negative.</summary>
    public void Put(int first, int index, T value)
    {
        if (index >= 0)
        {
            _arrays[((first + index) * _stride) + _slot] = value;
        }
    }
}
