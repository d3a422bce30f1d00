namespace HybridControl.Tests.TestKit;

/// <summary>The law of hot paths: nothing is allocated after the first call.</summary>
public static class Allocations
{
    /// <summary>Asserts that a call allocates nothing once it has been made.</summary>
    public static void None(Action step, int calls = 20)
    {
        step();
        step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
        {
            step();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
