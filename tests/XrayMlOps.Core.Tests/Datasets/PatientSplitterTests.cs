using CsCheck;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class PatientSplitterTests
{
    private static readonly Gen<(string Patient, ImageLabel Label)[]> Films =
        Gen.Select(Gen.Int[0, 60], Gen.Enum<ImageLabel>(), (patient, label) => ($"p{patient}", label)).Array[1, 300];

    [Fact]
    public void Assign_any_films_no_patient_is_in_two_splits() =>
        Gen.Select(Films, Gen.Int).Sample((films, seed) =>
        {
            var splits = PatientSplitter.Assign(films, new SplitRule { Seed = seed });
            return films.Zip(splits).GroupBy(pair => pair.First.Patient).All(patient => patient.Select(pair => pair.Second).Distinct().Count() == 1);
        });

    [Fact]
    public void Assign_films_in_another_order_splits_each_patient_alike() =>
        Gen.Select(Films, Gen.Int).Sample((films, seed) =>
        {
            var rule = new SplitRule { Seed = seed };
            var reversed = films.Reverse().ToArray();
            return PatientSplitter.Assign(films, rule).SequenceEqual(PatientSplitter.Assign(reversed, rule).Reverse());
        });

    [Fact]
    public void Assign_many_small_patients_keeps_each_class_within_one_percentage_point() =>
        Gen.Select(Gen.Int[1, 4].Array[400], Gen.Int).Sample(
            (sizes, seed) =>
            {
                var films = sizes.SelectMany((size, patient) => Enumerable.Repeat(($"p{patient}", (ImageLabel)(patient % 3)), size)).ToArray();
                var rule = new SplitRule { Seed = seed };
                var splits = PatientSplitter.Assign(films, rule);
                return ImageLabels.All.All(label => Near(films, splits, label, Split.Train, rule.Train)
                    && Near(films, splits, label, Split.Validation, rule.Validation) && Near(films, splits, label, Split.Test, rule.Test));
            },
            iter: 50);

    [Fact]
    public void Assign_another_seed_gives_another_split()
    {
        var films = Enumerable.Range(0, 100).Select(patient => ($"p{patient}", ImageLabel.Virus)).ToArray();
        Assert.NotEqual(PatientSplitter.Assign(films, new SplitRule { Seed = 1 }), PatientSplitter.Assign(films, new SplitRule { Seed = 2 }));
    }

    private static bool Near((string, ImageLabel Label)[] films, Split[] splits, ImageLabel label, Split split, double share)
    {
        var ofClass = films.Zip(splits).Where(pair => pair.First.Label == label).Select(pair => pair.Second).ToArray();
        return Math.Abs(ofClass.Count(s => s == split) / (double)ofClass.Length - share) <= 0.01;
    }
}
