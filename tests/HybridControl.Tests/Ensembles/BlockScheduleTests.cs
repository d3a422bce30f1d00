using HybridControl.Ensembles;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles;

public sealed class BlockScheduleTests
{
    private static readonly EnsembleLayout Layout = EnsembleLayout.Of(
        new EnsemblePlan { Model = Balls.Dropped(10.0, 9.81, 0.8), Size = 1, Until = 1.0 });

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void Blocks_arrive_once_each_in_ascending_order_on_the_calling_thread(int threads)
    {
        var arrived = new List<long>();
        int caller = Environment.CurrentManagedThreadId;
        BlockSchedule.Run(3, 40, threads, WorkUnevenly, block =>
        {
            arrived.Add(block.Number);
            Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(caller));
        }, CancellationToken.None);
        Assert.That(arrived, Is.EqualTo(Enumerable.Range(3, 40).Select(i => (long)i)));
    }

    [Test]
    public void No_block_is_begun_far_ahead_of_the_last_one_delivered()
    {
        const int Threads = 3;
        long delivered = 0;
        long farthest = 0;
        BlockSchedule.Run(0, 200, Threads, schedule =>
        {
            while (schedule.TryTake(wait: true, out long number))
            {
                InterlockedMax(ref farthest, number - Interlocked.Read(ref delivered));
                schedule.Complete(new EnsembleBlock(Layout, number * EnsembleBlock.Capacity, 1));
            }
        }, _ =>
        {
            Thread.Sleep(1);
            Interlocked.Increment(ref delivered);
        }, CancellationToken.None);
        Assert.That(farthest, Is.LessThanOrEqualTo(8 * Threads + 1));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void A_failure_of_any_thread_ends_the_run_and_is_thrown_on_the_calling_one(int threads)
    {
        int delivered = 0;
        Assert.That(
            () => BlockSchedule.Run(0, 1000, threads, schedule =>
            {
                while (schedule.TryTake(wait: true, out long number))
                {
                    if (number == 5)
                    {
                        throw new InvalidDataException("block 5");
                    }

                    schedule.Complete(new EnsembleBlock(Layout, number * EnsembleBlock.Capacity, 1));
                }
            }, _ => delivered++, CancellationToken.None),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("block 5"));
        Assert.That(delivered, Is.LessThanOrEqualTo(5));
    }

    [Test]
    public void A_failure_of_the_receiver_ends_the_run()
    {
        int received = 0;
        Assert.That(
            () => BlockSchedule.Run(0, 1000, 2, WorkUnevenly, block =>
            {
                received++;
                throw new IOException("no room");
            }, CancellationToken.None),
            Throws.TypeOf<IOException>());
        Assert.That(received, Is.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_cancelled_run_keeps_what_was_delivered_and_says_so(int threads)
    {
        using var source = new CancellationTokenSource();
        var arrived = new List<long>();
        Assert.That(
            () => BlockSchedule.Run(0, 1000, threads, WorkUnevenly, block =>
            {
                arrived.Add(block.Number);
                if (arrived.Count == 10)
                {
                    source.Cancel();
                }
            }, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(arrived, Is.EqualTo(Enumerable.Range(0, arrived.Count).Select(i => (long)i)));
        Assert.That(arrived, Has.Count.InRange(10, 100));
    }

    private static void WorkUnevenly(BlockSchedule schedule)
    {
        while (schedule.TryTake(wait: true, out long number))
        {
            Thread.SpinWait((int)(number * 7919 % 13) * 1000);
            schedule.Complete(new EnsembleBlock(Layout, number * EnsembleBlock.Capacity, 1));
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Interlocked.Read(ref target);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
