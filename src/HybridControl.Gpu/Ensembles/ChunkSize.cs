using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Gpu.Compilation;

namespace HybridControl.Gpu.Ensembles;

/// <summary>How many trajectories are on the device at a time.</summary>
internal static class ChunkSize
{
    private const int Most = 1 << 24;
    private const double Share = 0.6;
    private const long HostBytes = 1L << 30;

    /// <summary>The chunk that fits into a device and, with its blocks, into the memory of the host: whole blocks, at least one.</summary>
    /// <param name="deviceBytes">Memory of the device.</param>
    /// <param name="bytes">Bytes of a trajectory on the device.</param>
    /// <param name="width">Doubles of a trajectory in its block.</param>
    /// <param name="trajectories">How many there are to run.</param>
    public static int Of(long deviceBytes, long bytes, long width, long trajectories)
    {
        double fits = Math.Min(Share * deviceBytes / bytes, (double)HostBytes / (Math.Max(1, width) * sizeof(double)));
        long blocks = (long)(Math.Min(fits, Most) / EnsembleBlock.Capacity);
        long wanted = EnsembleBlock.CountOf(trajectories);
        return (int)Math.Clamp(Math.Min(blocks, wanted), 1, Most / EnsembleBlock.Capacity) * EnsembleBlock.Capacity;
    }

    /// <summary>Allocates memory for a chunk, halving it as long as the device refuses.</summary>
    /// <param name="capacity">What to begin with, whole blocks.</param>
    /// <param name="create">Allocates for a number of trajectories.</param>
    /// <param name="device">Name of the device.</param>
    /// <exception cref="ModelException">Not even one block fits.</exception>
    public static TMemory Allocate<TMemory>(int capacity, Func<int, TMemory> create, string device)
    {
        while (true)
        {
            try
            {
                return create(capacity);
            }
            catch (Exception error) when (KernelFailure.IsOfMemory(error))
            {
                if (capacity <= EnsembleBlock.Capacity)
                {
                    throw new ModelException(
                        device,
                        string.Create(CultureInfo.InvariantCulture, $"its memory does not hold {EnsembleBlock.Capacity} trajectories of this plan"),
                        "Record fewer grid times or events, free the memory that other programs hold, or run on the CPU.");
                }

                capacity = capacity / EnsembleBlock.Capacity / 2 * EnsembleBlock.Capacity;
                capacity = Math.Max(capacity, EnsembleBlock.Capacity);
            }
        }
    }
}
