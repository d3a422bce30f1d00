using System.Buffers.Binary;
using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Safetensors;

public class MappedFileTests
{
    private TemporaryFolder _folder = null!;
    private string _path = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new();
        _path = _folder.File("x.safetensors");
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Mapped_file_reads_as_one_in_memory()
    {
        new SafetensorsWriter().Note("a", "b").Add("x", [2, 3], [1.0, 2, 3, 4, 5, 6]).Add("y", [2], [7f, 8f]).Save(_path);
        using var mapped = SafetensorsFile.Load(_path);
        var held = SafetensorsFile.Parse(File.ReadAllBytes(_path), _path);
        Assert.Multiple(() =>
        {
            Assert.That(mapped.Metadata, Is.EqualTo(held.Metadata));
            Assert.That(mapped.Tensors.Select(tensor => tensor.Name), Is.EqualTo(held.Tensors.Select(tensor => tensor.Name)));
            Assert.That(mapped.BytesOf(mapped.Find("x")!).ToArray(), Is.EqualTo(held.BytesOf(held.Find("x")!).ToArray()));
            Assert.That(mapped.BytesOf(mapped.Find("x")!, 1, 1).ToArray(), Is.EqualTo(held.BytesOf(held.Find("x")!)[24..].ToArray()));
        });
    }

    [Test]
    public void Tensors_of_any_shape_are_read_by_rows()
    {
        double[] values = [.. Enumerable.Range(0, 12).Select(i => (double)i)];
        new SafetensorsWriter().Add("cube", [3, 2, 2], values).Add("vector", [12], values).Add("one", [], [5.0]).Add("none", [0, 4], Array.Empty<double>())
            .Save(_path);
        using var file = SafetensorsFile.Load(_path);
        SafetensorsEntry cube = file.Find("cube")!;
        var row = new float[4];
        var whole = new double[12];
        var one = new double[1];
        file.ReadRow(cube, 2, row);
        file.ReadRow(file.Find("vector")!, 0, whole);
        file.ReadRow(file.Find("one")!, 0, one);
        Assert.Multiple(() =>
        {
            Assert.That((cube.Rows, cube.Columns), Is.EqualTo((3, 4)));
            Assert.That(row, Is.EqualTo(new[] { 8f, 9, 10, 11 }));
            Assert.That(whole, Is.EqualTo(values));
            Assert.That(one[0], Is.EqualTo(5));
            Assert.That((file.Find("none")!.Rows, file.Find("none")!.Columns), Is.EqualTo((0, 0)));
            Assert.That(() => file.ReadRow(cube, 3, row), Throws.ArgumentException);
            Assert.That(() => file.ReadRow(cube, -1, row), Throws.ArgumentException);
            Assert.That(() => file.ReadRow(cube, 0, whole), Throws.ArgumentException);
            Assert.That(() => file.BytesOf(cube, 2, 2).Length, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => file.BytesOf(cube with { Begin = -8 }).Length, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => file.BytesOf(cube with { End = long.MaxValue }).Length, Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
        Allocations.None(() => file.ReadRow(cube, 1, row));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There a mapped file cannot be cut off.")]
    public void File_that_was_cut_off_since_is_refused_by_tensor_with_expected_and_found()
    {
        new SafetensorsWriter().Add("first", [1024], new double[1024]).Add("last", [2048], new double[2048]).Save(_path);
        using var file = SafetensorsFile.Load(_path);
        long length = new FileInfo(_path).Length;
        using (var cut = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            cut.SetLength(length - 8192);
        }

        var values = new double[2048];
        Assert.Multiple(() =>
        {
            Assert.That(() => file.CopyTo(file.Find("first")!, values.AsSpan(0, 1024)), Throws.Nothing);
            Assert.That(
                () => file.CopyTo(file.Find("last")!, values),
                Throws.TypeOf<ModelException>()
                    .With.Message.Contains($"{_path}, last: its bytes end at {length} of the file").And.Message.Contains($"has {length - 8192} now"));
            Assert.That(() => file.BytesOf(file.Find("last")!).Length, Throws.TypeOf<ModelException>());
        });
    }

    [Test]
    public void File_that_was_replaced_since_is_read_as_it_was()
    {
        new SafetensorsWriter().Add("x", [1], [1.0]).Save(_path);
        using var file = SafetensorsFile.Load(_path);
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("A mapped file cannot be replaced on Windows.");
        }

        new SafetensorsWriter().Add("x", [1], [2.0]).Save(_path);
        var value = new double[1];
        file.CopyTo(file.Find("x")!, value);
        Assert.That(value[0], Is.EqualTo(1));
    }

    [Test]
    public void Disposed_file_is_not_read()
    {
        new SafetensorsWriter().Add("x", [1], [1.0]).Save(_path);
        var file = SafetensorsFile.Load(_path);
        file.Dispose();
        file.Dispose();
        SafetensorsEntry tensor = file.Find("x")!;
        Assert.Multiple(() =>
        {
            Assert.That(() => file.BytesOf(tensor).Length, Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => file.CopyTo(tensor, new double[1]), Throws.InstanceOf<ObjectDisposedException>());
        });
    }

    [Test]
    public void Copies_stand_beside_a_concurrent_disposal()
    {
        new SafetensorsWriter().Add("x", [1 << 20], Enumerable.Repeat(1f, 1 << 20).ToArray()).Save(_path);
        for (int round = 0; round < 20; round++)
        {
            var file = SafetensorsFile.Load(_path);
            using var begun = new ManualResetEventSlim();
            var reader = Task.Run(() =>
            {
                var values = new double[1 << 20];
                while (true)
                {
                    begun.Set();
                    try
                    {
                        file.CopyTo(file.Find("x")!, values);
                    }
                    catch (ObjectDisposedException)
                    {
                        return values.All(value => value is 0 or 1);
                    }
                }
            });
            begun.Wait();
            file.Dispose();
            Assert.That(reader.Result, Is.True);
        }
    }

    [Test]
    public void What_is_no_file_is_refused()
    {
        File.WriteAllBytes(_path, []);
        Assert.Multiple(() =>
        {
            Assert.That(() => SafetensorsFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("ends before its header"));
            Assert.That(() => SafetensorsFile.Load(_folder.File("absent")), Throws.TypeOf<ModelException>().With.Message.Contains("cannot be read"));
            Assert.That(() => SafetensorsFile.Load(_folder.Path), Throws.TypeOf<ModelException>().With.Message.Contains("cannot be read"));
            Assert.That(() => SafetensorsFile.Load(""), Throws.TypeOf<ModelException>());
        });
    }

    [Test]
    [Platform("Linux", Reason = "Elsewhere pipes have no names.")]
    public void Pipe_without_a_writer_is_refused_rather_than_waited_for()
    {
        using (var maker = System.Diagnostics.Process.Start("mkfifo", _path))
        {
            maker.WaitForExit();
        }

        Assert.That(() => SafetensorsFile.Load(_path), Throws.TypeOf<ModelException>().With.Message.Contains("ends before its header"));
    }

    [Test]
    public void No_cut_of_a_sound_file_is_loaded()
    {
        new SafetensorsWriter().Add("x", [3], [1.0, 2.0, 3.0]).Save(_path);
        byte[] whole = File.ReadAllBytes(_path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            Assert.That(() => SafetensorsFile.Load(_path), Throws.TypeOf<ModelException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Tensors_beyond_two_gigabytes_are_read()
    {
        // A file with holes: as long as real ones, and of a few blocks on the disk.
        const long rows = 1_310_720;
        const long length = rows * 1024 * 4;
        byte[] header = Encoding.UTF8.GetBytes(
            $"{{\"big\":{{\"dtype\":\"F32\",\"shape\":[{rows},1024],\"data_offsets\":[0,{length}]}}," +
            $"\"after\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{length},{length + 4}]}}}}");
        try
        {
            using FileStream stream = File.Create(_path);
            Span<byte> prefix = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
            stream.Write(prefix);
            stream.Write(header);
            stream.SetLength(8 + header.Length + length + 4);
            stream.Position = 8 + header.Length + length - 4;
            BinaryPrimitives.WriteSingleLittleEndian(prefix, 3);
            BinaryPrimitives.WriteSingleLittleEndian(prefix[4..], 4);
            stream.Write(prefix);
        }
        catch (IOException fault)
        {
            Assert.Ignore($"The disk takes no file of 5 GB with holes: {fault.Message}");
        }

        using var file = SafetensorsFile.Load(_path);
        SafetensorsEntry big = file.Find("big")!;
        var row = new float[1024];
        var after = new double[1];
        file.ReadRow(big, rows - 1, row);
        file.CopyTo(file.Find("after")!, after);
        Assert.Multiple(() =>
        {
            Assert.That(row[^1], Is.EqualTo(3));
            Assert.That(row[0], Is.Zero);
            Assert.That(after[0], Is.EqualTo(4));
            Assert.That(BinaryPrimitives.ReadSingleLittleEndian(file.BytesOf(big, rows - 2, 2)[^4..]), Is.EqualTo(3));
            Assert.That(
                () => file.BytesOf(big).Length,
                Throws.TypeOf<ModelException>().With.Message.Contains("big: 5368709120 bytes are more than a span can hold"));
        });
    }
}
