using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Safetensors;

public class SafetensorsWriterTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase(TensorType.F64, 1.0 / 3, 1e300)]
    [TestCase(TensorType.F32, 1f / 3, double.PositiveInfinity)]
    [TestCase(TensorType.F16, 0.333251953125, double.PositiveInfinity)]
    [TestCase(TensorType.BF16, 0.333984375, double.PositiveInfinity)]
    public void Doubles_are_written_in_every_format_of_fractions(TensorType type, double third, double large)
    {
        double[] values = [1.0 / 3, 1e300, -2, double.NaN];
        new SafetensorsWriter().Add("x", type, [4], values.AsMemory()).Save(_folder.File("x"));
        using var file = SafetensorsFile.Load(_folder.File("x"));
        var read = new double[4];
        file.CopyTo(file.Find("x")!, read);
        Assert.That(file.Find("x")!.Type, Is.EqualTo(type));
        Assert.That(read, Is.EqualTo(new[] { third, large, -2, double.NaN }));
    }

    [Test]
    public void Floats_and_whole_numbers_are_written_without_a_copy()
    {
        float[] floats = [0, 0];
        long[] whole = [0];
        SafetensorsWriter writer = new SafetensorsWriter().Add("f", TensorType.F16, [2, 1], floats.AsMemory()).Add("i", [1], whole.AsMemory());
        floats[1] = 1.5f;
        whole[0] = long.MinValue;
        writer.Save(_folder.File("x"));
        using var file = SafetensorsFile.Load(_folder.File("x"));
        var read = new float[2];
        file.CopyTo(file.Find("f")!, read);
        file.CopyTo(file.Find("i")!, whole);
        Assert.That((read[0], read[1], whole[0]), Is.EqualTo((0f, 1.5f, long.MinValue)));
    }

    [TestCase(TensorType.F64)]
    [TestCase(TensorType.F32)]
    [TestCase(TensorType.BF16)]
    public void Matrix_of_one_checkpoint_is_written_to_another_in_another_format(TensorType type)
    {
        double[] values = [1.0 / 3, 2, 3, 4, 5, 6];
        new SafetensorsWriter().Add("x", [3, 1, 2], values).Save(_folder.File("source"));
        using var source = SafetensorsCheckpoint.Open(_folder.File("source"));
        new SafetensorsWriter().Add("y", type, [3, 1, 2], source.Matrix("x")).Add("z", type, [3, 1, 2], values.AsMemory()).Save(_folder.File("target"));
        using var target = SafetensorsFile.Load(_folder.File("target"));
        Assert.That(target.BytesOf(target.Find("y")!).ToArray(), Is.EqualTo(target.BytesOf(target.Find("z")!).ToArray()));
        Assert.That(() => new SafetensorsWriter().Add("y", type, [3, 1], source.Matrix("x")), Throws.ArgumentException);
    }

    [Test]
    public void Large_tensors_are_written_in_little_memory()
    {
        const int count = 8 << 20;
        var values = new float[count];
        values[^1] = 1;
        Write(new SafetensorsWriter().Add("x", TensorType.BF16, [count], values.AsMemory()), "first");
        using var checkpoint = SafetensorsCheckpoint.Open(_folder.File("first"));
        Write(new SafetensorsWriter().Add(checkpoint, checkpoint.Find("x")!), "second");
        Assert.That(File.ReadAllBytes(_folder.File("second")).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.File("first"))), Is.True);

        void Write(SafetensorsWriter writer, string name)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            writer.Save(_folder.File(name));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(count / 8));
        }
    }

    [Test]
    public void File_that_cannot_be_finished_leaves_the_old_one_and_nothing_else()
    {
        string path = _folder.File("x");
        File.WriteAllText(path, "old");
        new SafetensorsWriter().Add("lost", [1], [1.0]).Save(_folder.File("source"));
        var source = SafetensorsCheckpoint.Open(_folder.File("source"));
        SafetensorsWriter writer = new SafetensorsWriter().Add("x", [1], [1.0]).Add(source, source.Find("lost")!);
        source.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(() => writer.Save(path), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
            Assert.That(() => writer.SaveShards(_folder.Path, 8), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(_folder.Names, Is.EqualTo(new[] { "source", "x" }));
        });
    }

    [Test]
    public void Formats_that_numbers_do_not_fit_are_refused() => Assert.Multiple(() =>
    {
        var writer = new SafetensorsWriter();
        Assert.That(() => writer.Add("x", TensorType.I32, [1], new double[1].AsMemory()), Throws.ArgumentException);
        Assert.That(() => writer.Add("x", TensorType.U8, [1], new float[1].AsMemory()), Throws.ArgumentException);
        Assert.That(() => writer.Add("x", [-1], new long[1].AsMemory()), Throws.InstanceOf<ArgumentException>());
    });

    [Test]
    public void Shards_hold_at_most_what_is_allowed_and_the_index_names_each_tensor()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Note("format", "pt")
            .Add("a", [2], [1.0, 2]).Add("b", [1], [3.0]).Add("large", [5], [4.0, 5, 6, 7, 8]).Add("c", [1], [9.0]);
        string index = writer.SaveShards(_folder.Path, longestFile: 24);
        Assert.That(_folder.Names, Is.EqualTo(new[]
        {
            "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors", "model.safetensors.index.json",
        }));
        using var checkpoint = SafetensorsCheckpoint.Open(_folder.Path);
        var values = new double[5];
        checkpoint.CopyTo(checkpoint.Find("large")!, values);
        Assert.Multiple(() =>
        {
            Assert.That(index, Is.EqualTo(_folder.File("model.safetensors.index.json")));
            Assert.That(checkpoint.Where, Is.EqualTo(index));
            Assert.That(checkpoint.Tensors.Select(tensor => tensor.Name), Is.EqualTo(new[] { "a", "b", "large", "c" }));
            Assert.That(checkpoint.Metadata["format"], Is.EqualTo("pt"));
            Assert.That(values, Is.EqualTo(new[] { 4.0, 5, 6, 7, 8 }));
            Assert.That(File.ReadAllText(index), Does.Contain("\"total_size\": 72"));
            Assert.That(() => writer.SaveShards(_folder.Path, 24), Throws.TypeOf<ModelException>().With.Message.Contains("holds a checkpoint already"));
            Assert.That(() => new SafetensorsWriter().SaveShards(_folder.Path, 24), Throws.InvalidOperationException);
        });
    }
}
