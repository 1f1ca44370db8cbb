"""Labels as printed."""

import pytest

from gouji.tables.labels import core, ordinal, similarity


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "部分公开"),
        ("3.危及“三安全一稳定”", "危及三安全一稳定"),
        ("3、其他", "其他"),
        ("三、 本年度\n办理结果", "本年度办理结果"),
        ("本年增/减 (…减用负值表示,如-8)", "本年增减"),
        ("采购总金额（单位：万元，保留4位小数", "采购总金额"),
        ("其中：1、政府网站公开数", "政府网站公开数"),
        ("2016 年度", "本年度"),
        ("其他對外管理服務事項", "其他对外管理服务事项"),
        ("重 新出具", "重新出具"),
        ("结果\n维持", "结果维持"),
    ],
)
def test_core(printed, said):
    assert core(printed) == said


def test_a_label_of_nothing_but_brackets_keeps_them():
    assert core("（本列数据的勾稽关系为：第一项加第二项之和）").startswith("本列数据的勾稽关系")


def test_ordinals_are_kept_apart():
    assert [ordinal(t) for t in ("一、本年", "（七）总计", "7.属于", "其他")] == [
        "一",
        "七",
        "7",
        "",
    ]


def test_similarity_bears_a_typo():
    assert similarity(core("2.其他法律行政止公开"), "其他法律行政法规禁止公开") >= 0.75
    assert similarity("予以公开", "不予公开") < 0.75
