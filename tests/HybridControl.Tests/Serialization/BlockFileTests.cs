using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization;
using HybridControl.Tests.Serialization.Campaigns;

namespace HybridControl.Tests.Serialization;

public sealed class BlockFileTests
{
    private static readonly EnsemblePlan Plan = Arithmetic.Plan(2500);
    private static readonly EnsembleLayout Layout = EnsembleLayout.Of(Plan);

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("blocks").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_checksum_has_the_published_check_value()
    {
        Assert.That(Crc64.Of("123456789"u8), Is.EqualTo(0x995D_C9BB_DF19_39FA));
        byte[] text = Encoding.UTF8.GetBytes("some bytes that are taken in two pieces of odd lengths");
        Assert.That(Crc64.Of(text.AsSpan(13), Crc64.Of(text.AsSpan(0, 13))), Is.EqualTo(Crc64.Of(text)));
    }

    [Test]
    public void Blocks_are_read_back_bit_for_bit()
    {
        EnsembleBlock[] blocks = [Arithmetic.Block(Plan, 0), Arithmetic.Block(Plan, 1), Arithmetic.Block(Plan, 2)];
        blocks[1].Scalars[7] = BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8_0000_0000_1234));
        blocks[1].Scalars[8] = -0.0;
        blocks[2].Grid[3] = double.Epsilon;
        string path = Save(blocks);
        EnsembleBlock[] read = [.. BlockFile.Load(path, Layout)];
        Assert.That(read, Has.Length.EqualTo(3));
        for (int i = 0; i < read.Length; i++)
        {
            Assert.That((read[i].First, read[i].Count), Is.EqualTo((blocks[i].First, blocks[i].Count)));
            Assert.That(Bits(read[i]), Is.EqualTo(Bits(blocks[i])));
        }

        Assert.That(Directory.GetFileSystemEntries(_folder), Is.EqualTo([path]), "no temporary file is left");
    }

    [Test]
    public void Every_truncation_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Save([Arithmetic.Block(Plan, 1), Arithmetic.Block(Plan, 2)]));
        long record = BlockFormat.RecordBytes(Layout, 1024);
        foreach (long length in new[] { 0, 5, 8, 87, 88, 100, 120, 88 + record - 1, 88 + record, 88 + record + 16, whole.Length - 40, whole.Length - 1 })
        {
            string path = Path.Combine(_folder, "cut.hcb");
            File.WriteAllBytes(path, whole[..(int)length]);
            Assert.That(() => BlockFile.Load(path, Layout).Count(), Throws.TypeOf<ModelException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Every_flipped_bit_is_found()
    {
        byte[] whole = File.ReadAllBytes(Save([Arithmetic.Block(Plan, 2)]));
        string path = Path.Combine(_folder, "flipped.hcb");
        var random = new Random(5);
        for (int i = 0; i < 300; i++)
        {
            // The first places are the header and the prefix, where a length could be misread; then anywhere.
            int place = i < 130 ? i : random.Next(whole.Length);
            byte[] flipped = [.. whole];
            flipped[place] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, flipped);
            Assert.That(() => BlockFile.Load(path, Layout).Count(), Throws.TypeOf<ModelException>(), $"byte {place}");
        }
    }

    [Test]
    public void Foreign_files_are_named()
    {
        string text = Path.Combine(_folder, "text.hcb");
        File.WriteAllText(text, "status,time,mode\n0,1,2\n");
        Assert.That(() => BlockFile.Load(text, Layout).Count(), Refused("this is no file of ensemble blocks"));
        Assert.That(() => BlockFile.Load(Path.Combine(_folder, "absent.hcb"), Layout).Count(), Refused("there is no such file"));

        string path = Save([Arithmetic.Block(Plan, 0)]);
        EnsemblePlan other = Plan with { Recording = Plan.Recording with { EventSlots = 3 } };
        Assert.That(() => BlockFile.Load(path, EnsembleLayout.Of(other)).Count(), Refused("other columns"));
        Assert.That(() => BlockFile.Load(path, Layout, new byte[32]).Count(), Throws.Nothing);
        Assert.That(() => BlockFile.Load(path, Layout, [.. Enumerable.Repeat((byte)1, 32)]).Count(), Refused("another campaign"));
    }

    [Test]
    public void Appended_bytes_are_refused()
    {
        string path = Save([Arithmetic.Block(Plan, 0)]);
        File.AppendAllText(path, "x");
        Assert.That(() => BlockFile.Load(path, Layout).Count(), Refused("bytes behind its end mark"));
    }

    [Test]
    public void Blocks_must_follow_each_other()
    {
        var writer = new BlockFileWriter(new MemoryStream(), Layout);
        writer.Add(Arithmetic.Block(Plan, 0));
        Assert.That(() => writer.Add(Arithmetic.Block(Plan, 2)), Throws.ArgumentException.With.Message.StartsWith("Block 2 does not follow block 0."));
    }

    [Test]
    public void A_path_that_cannot_be_written_is_a_finding()
    {
        Assert.That(() => Save([Arithmetic.Block(Plan, 0)], Path.Combine("absent", "x.hcb")), Refused("the directory does not exist"));
        Directory.CreateDirectory(Path.Combine(_folder, "folder.hcb"));
        Assert.That(() => Save([Arithmetic.Block(Plan, 0)], "folder.hcb"), Refused("the file cannot be written"));
        Assert.That(Directory.GetFiles(_folder), Is.Empty, "no temporary file is left");
    }

    internal static long[] Bits(EnsembleBlock block) =>
        [.. BlockFileWriter.Tables(block).SelectMany(table => table).Select(BitConverter.DoubleToInt64Bits)];

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string what) =>
        Throws.TypeOf<ModelException>().With.Message.Contains(what);

    private string Save(EnsembleBlock[] blocks, string name = "some.hcb")
    {
        string path = Path.Combine(_folder, name);
        BlockFile.Save(path, Layout, blocks);
        return path;
    }
}
