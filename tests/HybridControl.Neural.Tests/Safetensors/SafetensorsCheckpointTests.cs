using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Safetensors;

public class SafetensorsCheckpointTests
{
    private const string Index = "model.safetensors.index.json";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void File_folder_and_index_give_the_same_tensors()
    {
        SafetensorsWriter writer = new SafetensorsWriter().Add("x", [2, 2], [1.0, 2, 3, 4]).Add("i", [1], [7L]).Add("f", [1], [0.5f]);
        string one = Directory.CreateDirectory(_folder.File("one")).FullName;
        string many = Directory.CreateDirectory(_folder.File("many")).FullName;
        writer.Save(Path.Combine(one, "model.safetensors"));
        writer.SaveShards(many, longestFile: 8);
        foreach (string path in new[] { one, Path.Combine(one, "model.safetensors"), many, Path.Combine(many, Index) })
        {
            using var checkpoint = SafetensorsCheckpoint.Open(path);
            SafetensorsEntry x = checkpoint.Find("x")!;
            var doubles = new double[4];
            var floats = new float[2];
            var row = new double[2];
            var whole = new long[1];
            checkpoint.CopyTo(x, doubles);
            checkpoint.CopyTo(checkpoint.Find("i")!, whole);
            checkpoint.CopyTo(checkpoint.Find("f")!, floats.AsSpan(0, 1));
            Assert.That(floats[0], Is.EqualTo(0.5f));
            checkpoint.ReadRow(x, 1, floats);
            checkpoint.ReadRow(x, 1, row);
            Assert.Multiple(() =>
            {
                Assert.That(doubles, Is.EqualTo(new[] { 1.0, 2, 3, 4 }));
                Assert.That(floats, Is.EqualTo(new[] { 3f, 4 }));
                Assert.That(row, Is.EqualTo(new[] { 3.0, 4 }));
                Assert.That(whole[0], Is.EqualTo(7));
                Assert.That(checkpoint.BytesOf(x).Length, Is.EqualTo(32));
                Assert.That(checkpoint.BytesOf(x, 0, 1).Length, Is.EqualTo(16));
                Assert.That(checkpoint.Find("y"), Is.Null);
                Assert.That(() => checkpoint.FileOf(x with { }), Throws.ArgumentException);
            });
        }
    }

    [Test]
    public void Tensor_is_a_matrix_that_any_thread_reads_by_rows()
    {
        const int rows = 500;
        new SafetensorsWriter().Add("conv", [rows, 1, 4], [.. Enumerable.Range(0, rows * 4).Select(i => (float)i)]).Add("bias", [3], [1.0, 2, 3]).Save(_folder.File("x"));
        using var checkpoint = SafetensorsCheckpoint.Open(_folder.File("x"));
        IMatrixSource matrix = checkpoint.Matrix("conv");
        IMatrixSource vector = checkpoint.Matrix("bias");
        var sums = new double[rows];
        Parallel.For(0, rows, i =>
        {
            var single = new float[4];
            var row = new double[4];
            matrix.ReadRow(i, single);
            matrix.ReadRow(i, row);
            sums[i] = row.Sum() + single.Sum();
        });
        Assert.Multiple(() =>
        {
            Assert.That(sums, Is.EqualTo(Enumerable.Range(0, rows).Select(i => 2.0 * ((16 * i) + 6))));
            Assert.That((matrix.Name, matrix.Rows, matrix.Columns), Is.EqualTo(("conv", rows, 4)));
            Assert.That((vector.Rows, vector.Columns), Is.EqualTo((1, 3)));
            Assert.That(() => checkpoint.Matrix("cnov"), Throws.TypeOf<ModelException>().With.Message.Contains("cnov: the tensor is missing. Did you mean 'conv'?"));
            Assert.That(() => matrix.ReadRow(rows, new float[4]), Throws.ArgumentException);
        });
    }

    [Test]
    public void Tensor_is_a_matrix_of_the_columns_that_its_user_says()
    {
        new SafetensorsWriter().Add("heads", [2, 3, 2], [.. Enumerable.Range(0, 12).Select(i => (float)i)]).Save(_folder.File("x"));
        using var checkpoint = SafetensorsCheckpoint.Open(_folder.File("x"));
        IMatrixSource matrix = checkpoint.Matrix("heads", columns: 2);
        var row = new double[2];
        matrix.ReadRow(5, row);
        Assert.Multiple(() =>
        {
            Assert.That((matrix.Rows, matrix.Columns), Is.EqualTo((6, 2)));
            Assert.That(row, Is.EqualTo(new[] { 10.0, 11 }));
            Assert.That(() => matrix.ReadRow(6, row), Throws.ArgumentException);
            Assert.That(() => matrix.ReadRow(0, new float[3]), Throws.ArgumentException);
            Assert.That(
                () => checkpoint.Matrix("heads", columns: 5),
                Throws.TypeOf<ModelException>().With.Message.Contains("heads: the 12 numbers of 2 x 3 x 2 do not fill rows of 5"));
            Assert.That(() => checkpoint.Matrix("heads", columns: 0), Throws.TypeOf<ModelException>());
        });
        Allocations.None(() => matrix.ReadRow(3, row));
    }

    [Test]
    public void Tensor_of_too_many_rows_is_no_matrix()
    {
        byte[] header = System.Text.Encoding.UTF8.GetBytes("{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,0],\"data_offsets\":[0,0]}}");
        var file = SafetensorsFile.Parse((byte[])[.. BitConverter.GetBytes((long)header.Length), .. header], "test");
        using var checkpoint = SafetensorsCheckpoint.Of(file);
        Assert.That(() => checkpoint.Matrix("x"), Throws.TypeOf<ModelException>().With.Message.Contains("x: 4294967296 x 0 is 4294967296 rows of 0 numbers"));
    }

    [Test]
    public void All_that_is_missing_or_left_over_is_reported_at_once()
    {
        new SafetensorsWriter().Add("here", [1], [1.0]).Add("extra", [1], [1.0]).Add("elsewhere", [1], [1.0]).Save(_folder.File("a.safetensors"));
        File.WriteAllText(_folder.File("broken.safetensors"), "no tensors at all");
        WriteIndex(new()
        {
            ["here"] = "a.safetensors",
            ["gone"] = "a.safetensors",
            ["elsewhere"] = "broken.safetensors",
            ["lost"] = "b.safetensors",
            ["lost too"] = "b.safetensors",
        });
        var fault = Assert.Throws<ModelException>(() => SafetensorsCheckpoint.Open(_folder.Path));
        string[] messages = [.. fault.Findings.Select(finding => finding.ToString())];
        Assert.Multiple(() =>
        {
            Assert.That(messages, Has.Length.EqualTo(5));
            Assert.That(messages, Has.One.StartsWith($"{_folder.File("b.safetensors")}: the file is missing, and with it 2 tensors: 'lost', 'lost too'"));
            Assert.That(messages, Has.One.StartsWith($"{_folder.File("broken.safetensors")}: the header claims"));
            Assert.That(messages, Has.One.StartsWith($"{_folder.File(Index)}, gone: the tensor is not in {_folder.File("a.safetensors")}"));
            Assert.That(messages, Has.One.StartsWith($"{_folder.File("a.safetensors")}, extra: the tensor is not in {_folder.File(Index)}"));
            Assert.That(messages, Has.One.StartsWith($"{_folder.File("a.safetensors")}, elsewhere: the index says that it is in broken.safetensors"));
        });
    }

    [TestCase("../outside.safetensors")]
    [TestCase("/etc/passwd")]
    [TestCase("sub/../../outside.safetensors")]
    [TestCase("..")]
    [TestCase(".")]
    [TestCase("")]
    [TestCase("a\0b")]
    public void Index_that_leaves_its_folder_is_refused(string file)
    {
        string folder = Directory.CreateDirectory(_folder.File("model")).FullName;
        new SafetensorsWriter().Add("x", [1], [1.0]).Save(_folder.File("outside.safetensors"));
        File.WriteAllText(Path.Combine(folder, Index), JsonSerializer.Serialize(new { weight_map = new Dictionary<string, string> { ["x"] = file } }));
        Assert.That(() => SafetensorsCheckpoint.Open(folder), Throws.TypeOf<ModelException>().With.Message.Contains("does not lie in the folder of the index"));
    }

    [Test]
    public void Files_below_the_folder_of_the_index_are_read()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        new SafetensorsWriter().Add("x", [1], [1.0]).Save(_folder.File("sub/a.safetensors"));
        WriteIndex(new() { ["x"] = "sub/../sub/a.safetensors" });
        using var checkpoint = SafetensorsCheckpoint.Open(_folder.File(Index));
        Assert.That(checkpoint.Find("x"), Is.Not.Null);
    }

    [TestCase("", "not sound JSON")]
    [TestCase("{", "not sound JSON")]
    [TestCase("[]", "no object 'weight_map'")]
    [TestCase("{\"weight_map\":3}", "no object 'weight_map'")]
    [TestCase("{\"weight_map\":{}}", "'weight_map' is empty")]
    [TestCase("{\"weight_map\":{\"x\":3}}", "x: its file is not a text")]
    [TestCase("{\"weight_map\":{\"x\":\"a\",\"x\":\"b\"}}", "x: the name occurs twice")]
    [TestCase("{\"weight_map\":{\"\\ud800\":\"a\"}}", "not sound JSON")]
    public void Damaged_index_is_refused_with_the_reason(string json, string message)
    {
        File.WriteAllText(_folder.File(Index), json);
        Assert.That(() => SafetensorsCheckpoint.Open(_folder.Path), Throws.TypeOf<ModelException>().With.Message.Contains(message));
    }

    [Test]
    public void Same_file_under_two_names_is_refused()
    {
        new SafetensorsWriter().Add("x", [1], [1.0]).Add("y", [1], [1.0]).Save(_folder.File("a.safetensors"));
        WriteIndex(new() { ["x"] = "a.safetensors", ["y"] = "./a.safetensors" });
        Assert.That(() => SafetensorsCheckpoint.Open(_folder.Path), Throws.TypeOf<ModelException>().With.Message.Contains("the index says that it is in a.safetensors"));
    }

    [Test]
    public void Folder_without_a_checkpoint_or_with_two_is_refused()
    {
        Assert.That(() => SafetensorsCheckpoint.Open(_folder.Path), Throws.TypeOf<ModelException>().With.Message.Contains("it holds neither"));
        new SafetensorsWriter().Add("x", [1], [1.0]).Save(_folder.File("model.safetensors"));
        WriteIndex(new() { ["x"] = "model.safetensors" });
        Assert.Multiple(() =>
        {
            Assert.That(() => SafetensorsCheckpoint.Open(_folder.Path), Throws.TypeOf<ModelException>().With.Message.Contains("it holds both"));
            Assert.That(() => SafetensorsCheckpoint.Open(_folder.File("absent")), Throws.TypeOf<ModelException>());
            Assert.That(() => SafetensorsCheckpoint.Open(_folder.File("absent.json")), Throws.TypeOf<ModelException>());
        });
    }

    private void WriteIndex(Dictionary<string, string> map) =>
        File.WriteAllText(_folder.File(Index), JsonSerializer.Serialize(new { metadata = new { total_size = 8 }, weight_map = map }));
}
