using HybridControl.Diagnostics;
using HybridControl.Gpu.Ensembles;

namespace HybridControl.Gpu.Tests.Ensembles;

public sealed class ChunkSizeTests
{
    [TestCase(1L << 30, 1000, 644_096, TestName = "Six_tenths_of_the_memory_in_whole_blocks")]
    [TestCase(1L << 40, 8, 1 << 24, TestName = "At_most_two_to_the_24")]
    [TestCase(1L << 20, 1 << 20, 1024, TestName = "At_least_one_block")]
    public void A_chunk_follows_the_memory(long memory, long bytes, int expected) =>
        Assert.That(ChunkSize.Of(memory, bytes, 1, 1L << 40), Is.EqualTo(expected));

    [Test]
    public void A_chunk_is_no_larger_than_the_plan() =>
        Assert.That(ChunkSize.Of(1L << 40, 8, 8, 1500), Is.EqualTo(2048));

    [Test]
    public void A_chunk_leaves_room_for_its_blocks_on_the_host() =>
        Assert.That(ChunkSize.Of(1L << 40, 8, 1 << 17, 1L << 40), Is.EqualTo(1024));

    [Test]
    public void A_refused_allocation_is_tried_again_with_half_as_many_whole_blocks()
    {
        var tried = new List<int>();
        int got = ChunkSize.Allocate(7 * 1024, size => { tried.Add(size); return size < 2000 ? size : throw new InsufficientMemoryException(); }, "card");
        Assert.That(tried, Is.EqualTo(new[] { 7168, 3072, 1024 }));
        Assert.That(got, Is.EqualTo(1024));
    }

    [Test]
    public void A_device_without_room_for_one_block_is_named() =>
        Assert.That(
            () => ChunkSize.Allocate<int>(4096, _ => throw new InsufficientMemoryException(), "card"),
            Throws.TypeOf<ModelException>().With.Message.Contains("card"));
}
