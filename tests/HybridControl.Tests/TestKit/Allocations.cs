namespace HybridControl.Tests.TestKit;

/// <summary>The law of hot paths: nothing is allocated after the first calls.</summary>
/// <remarks>
/// Every call is measured by itself, and one of them may allocate: the runtime does so for itself where it compiles a
/// method anew, at a time of its own choice. What a step allocates recurs.
/// </remarks>
public static class Allocations
{
    /// <summary>Asserts that a call allocates nothing once it has been made twice.</summary>
    /// <param name="step">What is called.</param>
    /// <param name="calls">How often it is measured.</param>
    public static void None(Action step, int calls = 20) => None(_ => step(), first: 0, warmUp: 2, calls);

    /// <summary>Asserts that numbered calls allocate nothing.</summary>
    /// <param name="step">What is called, with the numbers from <paramref name="first"/> on.</param>
    /// <param name="first">The first number.</param>
    /// <param name="warmUp">How many calls are not measured.</param>
    /// <param name="calls">How many calls are measured after them, at least three.</param>
    public static void None(Action<int> step, int first, int warmUp, int calls)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 3);
        for (int i = 0; i < warmUp; i++)
        {
            step(first + i);
        }

        int guilty = 0;
        long bytes = 0;
        for (int i = 0; i < calls; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            step(first + warmUp + i);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            guilty += allocated == 0 ? 0 : 1;
            bytes += allocated;
        }

        Assert.That(guilty, Is.LessThan(2), $"{bytes} bytes in {guilty} of {calls} calls");
    }
}
