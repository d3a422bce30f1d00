using System.Numerics;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Work in parts that may be done at the same time.</summary>
internal abstract class Job
{
    /// <summary>Does one part.</summary>
    /// <param name="part">Which.</param>
    /// <param name="worker">Who does it; no two parts are done by one worker at the same time.</param>
    public abstract void Run(int part, int worker);
}

/// <summary>An operation with its operands, compiled for the widest vectors of the processor.</summary>
/// <typeparam name="T">Numbers.</typeparam>
/// <typeparam name="TOperation">The operation.</typeparam>
internal sealed class Job<T, TOperation> : Job
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TOperation : struct, IOperation<T>
{
    /// <summary>The operation; kept so that what it refers to lives while it is run.</summary>
    public TOperation Operation;

    /// <inheritdoc/>
    public override void Run(int part, int worker)
    {
        if (Pack512<T>.IsSupported)
        {
            Operation.Run<Pack512<T>>(part, worker);
        }
        else if (Pack256<T>.IsSupported)
        {
            Operation.Run<Pack256<T>>(part, worker);
        }
        else
        {
            Operation.Run<Pack128<T>>(part, worker);
        }
    }
}

/// <summary>What a job does.</summary>
/// <typeparam name="T">Numbers.</typeparam>
internal interface IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Does one part on vectors of a kind.</summary>
    /// <param name="part">Which.</param>
    /// <param name="worker">Who does it.</param>
    void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>;
}
